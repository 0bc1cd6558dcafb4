/**
 * The API: {@link org.qieemo.EmotionRecognizer} loads a model and names the emotion that a voice
 * carries.
 */
package org.qieemo;
