/** What the families of encoders call their tensors and options. */
package org.qieemo.converter.family;
