/** Strict readers of JSON and of the part of YAML that model configurations use. */
package org.qieemo.converter.text;
