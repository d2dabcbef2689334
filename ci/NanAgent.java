// SPDX-License-Identifier: Apache-2.0
import java.io.File;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.ClassWriter;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;

/**
 * Puts one NaN into the gradient of one rank, whenever the file that its argument names is there:
 * the rank that can delete it is the one. The product has no switch for this, so the beginning of
 * {@code Replica.accumulate} is rewritten as it is loaded. Built and loaded by faults.py.
 */
public final class NanAgent implements ClassFileTransformer {
  private static final String TARGET = "org/hopespark/model/train/Replica";
  private static File trigger;

  public static void premain(String file, Instrumentation instrumentation) {
    trigger = new File(file);
    instrumentation.addTransformer(new NanAgent());
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> old, ProtectionDomain domain, byte[] bytes) {
    if (!TARGET.equals(name)) {
      return null;
    }
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String method, String type, String signature, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, method, type, signature, thrown);
            return method.equals("accumulate") ? new AtBeginning(next) : next;
          }
        },
        0);
    return writer.toByteArray();
  }

  private static final class AtBeginning extends MethodVisitor {
    AtBeginning(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitCode() {
      super.visitCode();
      super.visitVarInsn(Opcodes.ALOAD, 0);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, "NanAgent", "poison", "(Ljava/lang/Object;)V", false);
    }
  }

  /** Called with the replica. What the step adds to a number that is none is none either. */
  public static void poison(Object replica) throws ReflectiveOperationException {
    if (trigger.exists() && trigger.delete()) {
      Object slab = replica.getClass().getMethod("sums").invoke(replica);
      slab.getClass().getMethod("write", long.class, float.class).invoke(slab, 0L, Float.NaN);
      System.err.println("one gradient is not a number now");
    }
  }
}
