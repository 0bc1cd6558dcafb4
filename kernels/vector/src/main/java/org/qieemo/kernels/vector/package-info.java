/**
 * CPU kernels on {@code jdk.incubator.vector}. What C2 needs to keep vectors in registers, found by
 * measuring on Java 17 and 25:
 *
 * <ul>
 *   <li>one width everywhere, the one that the JVM prefers;
 *   <li>a vector carried round a loop is an argument, never the receiver: {@code v.add(sum)}, not
 *       {@code sum.add(v)}, which allocates in every round;
 *   <li>no vector is passed to or returned by a method: when C2 declines to inline the call, which
 *       depends on what was compiled before, the vector is allocated for ever;
 *   <li>indices advance by constants in the inner loop, so that range checks leave it;
 *   <li>methods stay small.
 * </ul>
 */
package org.qieemo.kernels.vector;
