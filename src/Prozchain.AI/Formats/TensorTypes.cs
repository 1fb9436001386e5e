namespace Prozchain.AI.Formats;

/// <summary>Sizes and names of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    private static readonly byte[][] s_names = MakeNames();

    /// <summary>How many types there are; their numbers are 0 to one less.</summary>
    internal static int Count => s_names.Length;

    /// <summary>Bits of one element, 4 to 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a defined type.</exception>
    public static int BitSize(this TensorType type) => type switch
    {
        TensorType.F4 => 4,
        TensorType.F6_E2M3 or TensorType.F6_E3M2 => 6,
        TensorType.BOOL or TensorType.U8 or TensorType.I8 or TensorType.F8_E5M2 or TensorType.F8_E4M3 or TensorType.F8_E8M0
            or TensorType.F8_E4M3FNUZ or TensorType.F8_E5M2FNUZ => 8,
        TensorType.I16 or TensorType.U16 or TensorType.F16 or TensorType.BF16 => 16,
        TensorType.I32 or TensorType.U32 or TensorType.F32 => 32,
        TensorType.C64 or TensorType.F64 or TensorType.I64 or TensorType.U64 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Expected a defined tensor type."),
    };

    /// <summary>Finds a type by the bytes of its upper-case name.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out TensorType type)
    {
        for (int i = 0; i < s_names.Length; i++)
            if (name.SequenceEqual(s_names[i])) { type = (TensorType)i; return true; }
        type = default;
        return false;
    }

    private static byte[][] MakeNames() => [.. Enum.GetNames<TensorType>().Select(System.Text.Encoding.UTF8.GetBytes)];
}
