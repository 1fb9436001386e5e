using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>How the names of kernels begin that are compiled for a field or an extension.</summary>
internal static class KernelPrefix
{
    /// <summary>koalabear or babybear.</summary>
    /// <exception cref="NotSupportedException">There are no kernels for the field.</exception>
    public static string Of<TField>() =>
        typeof(TField) == typeof(Field31<KoalaBear>) ? "koalabear"
        : typeof(TField) == typeof(Field31<BabyBear>) ? "babybear"
        : throw new NotSupportedException($"Expected KoalaBear or BabyBear, got {typeof(TField).Name}: there are no kernels for it.");

    /// <summary>The field's prefix and the degree: koalabear4.</summary>
    /// <exception cref="NotSupportedException">There are no kernels for the extension.</exception>
    public static string Of<TField, TParameters>()
        where TField : unmanaged, IField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField> =>
        typeof(TParameters) == typeof(KoalaBear4) || typeof(TParameters) == typeof(KoalaBear5) || typeof(TParameters) == typeof(KoalaBear6)
            || typeof(TParameters) == typeof(KoalaBear8) || typeof(TParameters) == typeof(BabyBear4)
            ? $"{Of<TField>()}{TParameters.Degree}"
            : throw new NotSupportedException($"Expected an extension of KoalaBear or BabyBear that proofs use, got {typeof(TParameters).Name}: there are no kernels for it.");

    /// <summary>A kernel of an extension, in the module that a file of kernels has for it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">The extension's.</param>
    /// <param name="kernel">What follows the prefix in the kernel's name.</param>
    public static KernelName Of(string file, string prefix, string kernel) => new($"{file}-{prefix}", $"{prefix}_{kernel}");
}
