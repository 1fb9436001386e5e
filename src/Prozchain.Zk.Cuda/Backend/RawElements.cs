using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>Elements as kernels take them: their own bytes.</summary>
internal static class RawElements
{
    /// <summary>The 4 bytes of an element.</summary>
    public static uint Of<TField>(TField element) where TField : unmanaged => Unsafe.SizeOf<TField>() == sizeof(uint)
        ? Unsafe.BitCast<TField, uint>(element)
        : throw new ArgumentException($"Expected an element of 4 bytes, got {Unsafe.SizeOf<TField>()}.", nameof(element));

    /// <summary>The coordinates of an element of an extension.</summary>
    public static TField[] Coordinates<TField, TParameters>(Extension<TField, TParameters> element)
        where TField : unmanaged, IField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        var coordinates = new TField[TParameters.Degree];
        for (int i = 0; i < coordinates.Length; i++) coordinates[i] = element[i];
        return coordinates;
    }
}
