using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Wire;

/// <summary>
/// A field element as the 32-bit word that proofs hold: Montgomery form for KoalaBear and BabyBear, the integer for
/// Mersenne31. That is how <see cref="Field31{TParameters}"/> and <see cref="Mersenne31"/> hold it too, fully reduced.
/// </summary>
internal static class FieldWord<TField> where TField : unmanaged, IField<TField>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(TField value) => Unsafe.BitCast<TField, uint>(value);

    /// <summary>False for a word that is not below the prime.</summary>
    public static bool TryDecode(uint word, out TField value)
    {
        value = default;
        if (!TryFromInteger(word, out _)) return false;
        value = Unsafe.BitCast<uint, TField>(word);
        return true;
    }

    /// <summary>False for an integer that is not below the prime.</summary>
    public static bool TryFromInteger(uint integer, out TField value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, integer);
        return TField.TryRead(bytes, out value);
    }

    /// <summary>The integer in 0 to p - 1.</summary>
    public static uint ToInteger(TField value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        value.Write(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
