/** CPU kernels in plain Java, written so that the JIT compiler vectorises the ones that matter. */
package org.qieemo.kernels.plain;
