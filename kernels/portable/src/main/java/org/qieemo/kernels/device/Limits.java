package org.qieemo.kernels.device;

/**
 * What a device permits.
 *
 * @param groupItems most work-items of a group
 * @param localBytes memory that a group shares
 * @param allocationBytes largest single piece of memory
 */
public record Limits(int groupItems, long localBytes, long allocationBytes) {}
