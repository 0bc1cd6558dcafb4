package org.qieemo;

import java.util.List;

/**
 * What runs the model.
 *
 * @param name {@code cpu}, or another back end's name
 * @param description one sentence: which kernels, how many threads, why
 * @param warnings one line for each back end that {@code auto} tried and gave up, and for what runs
 *     otherwise than asked for; mostly empty
 */
public record BackendInfo(String name, String description, List<String> warnings) {}
