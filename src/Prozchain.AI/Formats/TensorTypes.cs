namespace Prozchain.AI.Formats;

/// <summary>Sizes and names of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    /// <summary>How many types are types of safetensors: the first ones.</summary>
    internal const int SafetensorsCount = (int)TensorType.U64 + 1;

    private static readonly byte[][] s_names = [.. Enum.GetNames<TensorType>().Select(System.Text.Encoding.UTF8.GetBytes)];

    // What fills whole bytes at the least, by number. The blocks' sizes are ggml's.
    private static readonly (ushort Elements, ushort Bytes)[] s_units =
    [
        (1, 1), (2, 1), (4, 3), (4, 3), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), // BOOL to F8_E5M2FNUZ
        (1, 2), (1, 2), (1, 2), (1, 2), (1, 4), (1, 4), (1, 4), (1, 8), (1, 8), (1, 8), (1, 8), // I16 to U64
        (32, 18), (32, 20), (32, 34), (32, 22), (32, 24), (32, 36), // Q4_0, Q4_1, Q8_0, Q5_0, Q5_1, Q8_1
        (256, 84), (256, 110), (256, 144), (256, 176), (256, 210), (256, 292), // Q2_K to Q8_K
        (256, 66), (256, 74), (256, 98), (256, 50), (32, 18), (256, 110), (256, 82), (256, 136), (256, 56), // IQ2_XXS to IQ1_M
        (256, 54), (256, 66), (32, 17), (64, 36), (128, 18), // TQ1_0, TQ2_0, MXFP4, NVFP4, Q1_0
    ];

    /// <summary>How many types there are; their numbers are 0 to one less.</summary>
    internal static int Count => s_units.Length;

    /// <summary>Bits of one element, 4 to 64, of a type that is no block type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a defined type, or a block type.</exception>
    public static int BitSize(this TensorType type) => !type.IsBlock() ? 8 * type.BlockBytes() / type.BlockElements()
        : throw new ArgumentOutOfRangeException(nameof(type), type, "Expected a type whose elements have whole bits, got a block type.");

    /// <summary>Whether elements are packed into blocks with their scales, as GGUF does it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a defined type.</exception>
    public static bool IsBlock(this TensorType type) => Unit(type).Elements > 4;

    /// <summary>Elements of the smallest group that fills whole bytes: 1, 2 or 4 for plain types, 32 to 256 for block types.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a defined type.</exception>
    public static int BlockElements(this TensorType type) => Unit(type).Elements;

    /// <summary>Bytes of that group: 1 to 292.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a defined type.</exception>
    public static int BlockBytes(this TensorType type) => Unit(type).Bytes;

    /// <summary>Finds a safetensors type by the bytes of its upper-case name.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out TensorType type)
    {
        for (int i = 0; i < SafetensorsCount; i++)
            if (name.SequenceEqual(s_names[i])) { type = (TensorType)i; return true; }
        type = default;
        return false;
    }

    private static (ushort Elements, ushort Bytes) Unit(TensorType type) => (uint)type < (uint)s_units.Length ? s_units[(int)type]
        : throw new ArgumentOutOfRangeException(nameof(type), type, "Expected a defined tensor type.");
}
