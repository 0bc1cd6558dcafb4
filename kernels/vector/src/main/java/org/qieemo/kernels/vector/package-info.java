/** CPU kernels on {@code jdk.incubator.vector}, all at the width that the JVM prefers. */
package org.qieemo.kernels.vector;
