"""PyTorch reference of the Qieemo-style speech-emotion model (see docs/model-format.md)."""
