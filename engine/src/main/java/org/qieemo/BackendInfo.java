package org.qieemo;

/**
 * What runs the model.
 *
 * @param name {@code cpu}, or another back end's name
 * @param description one sentence: which kernels, how many threads, why
 */
public record BackendInfo(String name, String description) {}
