/** Files that hold files: zip and tar archives, and folders. */
package org.qieemo.converter.container;
