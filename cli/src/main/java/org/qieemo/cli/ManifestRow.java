package org.qieemo.cli;

import java.nio.file.Path;

/**
 * One utterance of a manifest. What the manifest has no column for is empty.
 *
 * @param line where it stands, counted from 1
 * @param file as written
 * @param path where it is
 * @param label as written, trimmed
 * @param speaker who speaks
 * @param fold which part of the data it belongs to
 * @param model path of the model that classifies it, empty for that of the command line
 */
record ManifestRow(
    int line, String file, Path path, String label, String speaker, String fold, String model) {}
