/** The safetensors format. */
package org.qieemo.converter.safetensors;
