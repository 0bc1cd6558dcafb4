/** Where the time of a whole forward goes: {@link org.qieemo.bench.profile.ForwardProfile}. */
package org.qieemo.bench.profile;
