package org.qieemo.cli;

import java.util.Map;

/**
 * A recording in the index of reports.
 *
 * @param file as the user wrote it
 * @param page link to its page, null for a file that failed
 * @param seconds duration
 * @param sums seconds by answer; empty for a file that failed
 * @param error why it failed, null for a file that did not
 */
record ReportEntry(
    String file, String page, double seconds, Map<String, Double> sums, String error) {}
