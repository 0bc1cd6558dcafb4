"""The fusion's equations once more, written from docs/model-format.md with torch's own building blocks."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from qieemo_ref.config import FusionConfig
from qieemo_ref.fusion import CrossModalStack, Fusion
from qieemo_ref.metrics import scores

WIDTH, HEADS, FRAMES, VOCABULARY = 12, 3, 7, 9


def config(**options: object) -> FusionConfig:
    tiny = {"labels": ["a", "b", "c"], "taps_blocks": [1], "width": WIDTH, "cma_heads": HEADS, "cma_ffn_width": 20,
            "cma_query": "off", "mmf_kind": "sum"}
    return FusionConfig(**(tiny | options))


def fusion(**options: object) -> Fusion:
    torch.manual_seed(3)
    return Fusion(config(**options), encoder_width=10, vocab_size=VOCABULARY, blank=2).eval()


def inputs() -> tuple[list[Tensor], Tensor]:
    torch.manual_seed(5)
    return [torch.randn(1, FRAMES, 10)], 3 * torch.randn(1, FRAMES, VOCABULARY)


def attention_of(layer: nn.Module) -> nn.MultiheadAttention:
    attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    attention.in_proj_weight.data = torch.cat([layer.q.weight, layer.k.weight, layer.v.weight])
    attention.in_proj_bias.data = torch.cat([layer.q.bias, layer.k.bias, layer.v.bias])
    attention.out_proj.load_state_dict(layer.out.state_dict())
    return attention


@torch.no_grad()
def test_cross_modal_attention() -> None:
    query, other = torch.randn(2, 1, FRAMES, WIDTH).unbind(0)
    for norm in ("post", "pre"):
        stack = CrossModalStack(config(cma_norm=norm, cma_layers=2), 0.0).eval()
        x = query
        for layer in (stack.get_submodule("0"), stack.get_submodule("1")):
            attend, feed = attention_of(layer), lambda y, m=layer: m.down(F.relu(m.up(y)))
            if norm == "post":
                a = layer.norm1(x + attend(x, other, other)[0])
                x = layer.norm2(a + feed(a))
            else:
                a = x + attend(layer.norm1(x), other, other)[0]
                x = a + feed(layer.norm2(a))
        expected = stack.final_norm(x) if norm == "pre" else x
        torch.testing.assert_close(stack(query, other, None), expected)


@torch.no_grad()
def test_ppg_without_blank_drops_the_column() -> None:
    _, logits = inputs()
    ppg = fusion(ppg_blank=False).posteriorgram(logits)
    keep = [i for i in range(VOCABULARY) if i != 2]
    torch.testing.assert_close(ppg, torch.softmax(logits, -1)[..., keep])


@torch.no_grad()
def test_pooling() -> None:
    tapped, logits = inputs()
    for kind in ("mean_logit", "mean_softmax", "attentive", "stats"):
        model = fusion(pooling_kind=kind)
        trace = model(tapped, logits)
        u = trace["fused"][0]
        expected = {
            "mean_logit": lambda: model.head(u).mean(0),
            "mean_softmax": lambda: torch.softmax(model.head(u), -1).mean(0).log(),
            "attentive": lambda: model.head(torch.softmax(
                torch.tanh(u @ model.pooling.hidden.weight.T + model.pooling.hidden.bias)
                @ model.pooling.score.weight[0], 0) @ u),
            "stats": lambda: model.head(torch.cat([u.mean(0), (u.var(0, unbiased=False) + 1e-5).sqrt()])),
        }[kind]()
        torch.testing.assert_close(trace["logits"][0], expected)


@torch.no_grad()
def test_temperature_and_prior() -> None:
    model = fusion(temperature=1.7, prior_tau=0.5, prior_probabilities=[0.2, 0.3, 0.5])
    trace = model(*inputs())
    prior = torch.tensor([0.2, 0.3, 0.5])
    expected = torch.softmax(trace["logits"][0] / 1.7 - 0.5 * prior.log(), -1)
    torch.testing.assert_close(trace["probabilities"][0], expected)


@torch.no_grad()
def test_padding_changes_nothing() -> None:
    tapped, logits = inputs()
    valid = torch.arange(FRAMES + 3)[None] < FRAMES
    for kind in ("mean_logit", "mean_softmax", "attentive", "stats"):
        model = fusion(pooling_kind=kind, cma_query="both")
        padded = model([F.pad(tapped[0], (0, 0, 0, 3))], F.pad(logits, (0, 0, 0, 3)), valid)
        torch.testing.assert_close(padded["logits"], model(tapped, logits)["logits"])


def test_scores() -> None:
    found = scores([0, 0, 0, 1], [0, 0, 1, 1], 3)
    assert (found.wa, round(found.ua, 4), round(found.macro_f1, 4)) == (0.75, 0.8333, 0.7333)
    assert found.confusion == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]
