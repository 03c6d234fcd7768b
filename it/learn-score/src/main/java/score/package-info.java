/**
 * How good {@code learn} is, counted on a corpus of protocols. {@code scripts/learn_score.sh} runs
 * it.
 *
 * <p>A {@link score.Subject} is a protocol: it starts servers, and lets clients talk to them. Each
 * is recorded twice, and {@code learn} gets both recordings. Then {@link score.Trial} counts:
 *
 * <ul>
 *   <li>fresh clients that are content with the first recording, replayed under the learned rules;
 *   <li>fresh servers that agree with it when it is verified;
 *   <li>{@linkplain score.Peer peers} that play the recording themselves but with one wrong byte,
 *       and pass all the same. There should be none.
 * </ul>
 *
 * <p>{@link score.Generated} protocols are scripts of frames, whose fields know which bytes may
 * vary. They are the same in each run. {@link score.Debian} and {@link score.Jars} are real servers
 * with real clients: there, a byte is taken as constant if four runs have it in common.
 *
 * <p>To add a protocol, extend {@link score.Subject}, add it to one of the three lists, and let
 * {@code scripts/learn_score.sh --accept NAME} write down what came out.
 */
package score;
