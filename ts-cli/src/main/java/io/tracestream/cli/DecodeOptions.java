package io.tracestream.cli;

import io.tracestream.recording.PayloadDecoder;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose decoders of payloads. */
final class DecodeOptions {
  /** After so many decoders that cannot be loaded, no more are looked for. */
  private static final int MOST_BROKEN = 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--decode",
      paramLabel = "NAME[:ARGS]",
      description =
          "Show payloads as decoder NAME reads them, such as json. Repeatable: the first one that"
              + " knows a payload is used.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--decoders",
      paramLabel = "DIR|JAR",
      converter = Values.FileOrFolder.class,
      description =
          "Look for decoders in this folder of jars, or in this jar, too. Repeatable. Default: the"
              + " folder decoders beside ts-proxy.jar.")
  private List<Path> places = new ArrayList<>();

  /** Decoders that could not be loaded, and why. */
  private final List<String> broken = new ArrayList<>();

  /**
   * The decoders that were chosen. Nothing is loaded if there are none.
   *
   * @throws ParameterException when a decoder is not found, or refuses its arguments
   */
  Decoders decoders() {
    if (names.isEmpty()) {
      if (!places.isEmpty()) {
        throw wrong("--decoders is only valid with --decode, which chooses a decoder");
      }
      return Decoders.NONE;
    }
    List<PayloadDecoder> known = known();
    return new Decoders(names.stream().map(text -> chosen(text, known)).toList());
  }

  private PayloadDecoder chosen(String text, List<PayloadDecoder> known) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    PayloadDecoder decoder = known.stream()
        .filter(one -> name.equals(one.name()))
        .findFirst()
        .orElseThrow(() -> unknown(name, known));
    try {
      return decoder.with(colon < 0 ? "" : text.substring(colon + 1));
    } catch (IOException | RuntimeException | LinkageError e) {
      throw wrong("--decode " + name + ": " + Failures.reason(e));
    }
  }

  private ParameterException unknown(String name, List<PayloadDecoder> known) {
    TreeSet<String> names =
        new TreeSet<>(known.stream().map(PayloadDecoder::name).toList());
    return wrong("--decode: found \"" + name + "\", expected " + String.join(" or ", names)
        + "; --decoders says where others are"
        + (broken.isEmpty() ? "" : "; cannot load " + String.join(", ", broken)));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** All decoders: those that the user brought, our own, and those beside the jar. */
  private List<PayloadDecoder> known() {
    List<PayloadDecoder> known = new ArrayList<>();
    for (Path place : places) {
      List<PayloadDecoder> found = in(place);
      if (found.isEmpty()) {
        throw wrong(
            broken.isEmpty()
                ? "--decoders: there is no decoder in " + place
                    + "; a jar names it in META-INF/services/" + PayloadDecoder.class.getName()
                : "--decoders: " + place + ": cannot load " + String.join(", ", broken));
      }
      known.addAll(found);
    }
    addAll(ServiceLoader.load(PayloadDecoder.class, DecodeOptions.class.getClassLoader()), known);
    Path beside = besideTheJar();
    if (beside != null) {
      known.addAll(in(beside));
    }
    return known;
  }

  private List<PayloadDecoder> in(Path place) {
    List<PayloadDecoder> found = new ArrayList<>();
    // Not closed: the decoders need it to the end of the process.
    ClassLoader loader = new URLClassLoader(urls(place), new Ours());
    addAll(ServiceLoader.load(PayloadDecoder.class, loader), found);
    return found;
  }

  /** Adds those that can be loaded: others may not be the one that is needed. */
  private void addAll(ServiceLoader<PayloadDecoder> services, List<PayloadDecoder> found) {
    Iterator<PayloadDecoder> each = services.iterator();
    while (broken.size() < MOST_BROKEN) {
      try {
        if (!each.hasNext()) {
          return;
        }
        found.add(each.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        broken.add(e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause()));
      }
    }
  }

  private URL[] urls(Path place) {
    List<Path> jars = new ArrayList<>();
    try {
      if (Files.isDirectory(place)) {
        try (DirectoryStream<Path> some = Files.newDirectoryStream(place, "*.jar")) {
          some.forEach(jars::add);
        }
        Collections.sort(jars); // the same order everywhere
      } else if (Files.isReadable(place)) {
        jars.add(place);
      } else {
        throw wrong("--decoders: " + place + ": no such folder or jar");
      }
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars) {
        urls.add(jar.toUri().toURL());
      }
      return urls.toArray(new URL[0]);
    } catch (IOException e) {
      throw wrong("--decoders: " + Failures.reason(e));
    }
  }

  /** Null if there is none, or this is not run from a jar. */
  private static Path besideTheJar() {
    try {
      CodeSource source = DecodeOptions.class.getProtectionDomain().getCodeSource();
      Path jar = source == null ? null : Path.of(source.getLocation().toURI());
      Path folder = jar == null ? null : jar.resolveSibling("decoders");
      return folder != null && Files.isRegularFile(jar) && Files.isDirectory(folder)
          ? folder
          : null;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Shows decoders our libraries and the JDK, but not the other libraries in ts-proxy.jar: a
   * decoder may bring its own versions of these.
   */
  private static final class Ours extends ClassLoader {
    private Ours() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("io.tracestream.") && !name.startsWith("io.tracestream.cli.")) {
        return DecodeOptions.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
