// SPDX-License-Identifier: Apache-2.0
package org.hopespark.spark;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and what the hot and the storing code keeps away from. */
class TestArchitecture {
  private static final String TOKENIZER = "org.hopespark.tokenizer..";
  private static final String DATA = "org.hopespark.data..";
  private static final String MODEL = "org.hopespark.model..";
  private static final String JOBS = "org.hopespark.spark..";
  private static final String SPARK = "org.apache.spark..";
  private static final String HADOOP = "org.apache.hadoop..";
  private static final String ARROW = "org.apache.arrow..";
  private static final String ND4J = "org.nd4j..";
  private static final String NATIVES = "org.bytedeco..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.hopespark");

  @Test
  void seesAllFourModules() {
    for (String name :
        new String[] {
          "tokenizer.Tokenizer", "data.TokenDataset", "model.LanguageModel", "spark.cli.Hope"
        }) {
      assertThat(CLASSES.contain("org.hopespark." + name)).as(name).isTrue();
    }
  }

  @Test
  void tokenizerKnowsNoOtherModuleAndNoPlatform() {
    forbid(TOKENIZER, DATA, MODEL, JOBS, SPARK, HADOOP, ARROW, ND4J, NATIVES);
  }

  @Test
  void dataKnowsOnlyTheTokenizerAndNoNd4j() {
    forbid(DATA, MODEL, JOBS, ND4J, NATIVES);
  }

  @Test
  void modelKnowsNoOtherModuleAndNoSpark() {
    forbid(MODEL, TOKENIZER, DATA, JOBS, SPARK, HADOOP, ARROW);
  }

  @Test
  void jobsReachNd4jOnlyThroughTheModel() {
    forbid(JOBS, ND4J, NATIVES);
  }

  @Test
  void kernelsUseNoStreams() {
    forbid("org.hopespark.model.kernel..", "java.util.stream..");
  }

  @Test
  void reportsKnowNoSparkNoModelAndOfDataOnlyItsFiles() {
    forbid(
        "org.hopespark.spark.report..",
        SPARK,
        MODEL,
        "org.hopespark.data",
        "org.hopespark.data.document..",
        "org.hopespark.data.shard..",
        "org.hopespark.spark.cli..",
        "org.hopespark.spark.train..",
        "org.hopespark.spark.evaluate..");
  }

  /** What Hadoop's local file system hands out for a hard link or a mapping is not opened here. */
  @Test
  void dataAndCheckpointsOpenNoLocalFiles() {
    noClasses()
        .that()
        .resideInAnyPackage(
            DATA,
            "org.hopespark.model.checkpoint..",
            "org.hopespark.spark.train..",
            "org.hopespark.spark.report..",
            "org.hopespark.spark.evaluate..")
        .should()
        .callConstructorWhere(
            target(
                owner(
                    belongToAnyOf(
                        File.class,
                        FileInputStream.class,
                        FileOutputStream.class,
                        FileReader.class,
                        FileWriter.class,
                        RandomAccessFile.class))))
        .check(CLASSES);
  }

  private static void forbid(String from, String... to) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to)
        .check(CLASSES);
  }
}
