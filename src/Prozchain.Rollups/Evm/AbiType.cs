using System.Globalization;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// A type of Solidity's ABI, parsed from its canonical name: <c>uint64</c>, <c>bytes32[]</c>, <c>(address,bytes)[3]</c>.
/// Fixed-point types, function types and arrays of a length of zero are refused, as the compiler refuses or lacks them.
/// </summary>
internal sealed class AbiType
{
    private const int MaxDepth = 8, MaxText = 1024, MaxFixedLength = 1 << 16;

    private AbiType(AbiKind kind, int size, AbiType[] parts)
    {
        (Kind, Size, Parts) = (kind, size, parts);
        IsDynamic = kind is AbiKind.Bytes or AbiKind.String or AbiKind.Array || parts.Any(part => part.IsDynamic);
        HeadWords = IsDynamic ? 1 : kind switch
        {
            AbiKind.Tuple => parts.Sum(part => part.HeadWords),
            AbiKind.FixedArray => (int)Math.Min((long)size * parts[0].HeadWords, int.MaxValue),
            _ => 1,
        };
        Name = kind switch
        {
            AbiKind.UInt => $"uint{size}",
            AbiKind.Int => $"int{size}",
            AbiKind.Bool => "bool",
            AbiKind.Address => "address",
            AbiKind.FixedBytes => $"bytes{size}",
            AbiKind.Bytes => "bytes",
            AbiKind.String => "string",
            AbiKind.Array => $"{parts[0].Name}[]",
            AbiKind.FixedArray => $"{parts[0].Name}[{size}]",
            _ => $"({string.Join(',', parts.Select(part => part.Name))})",
        };
    }

    public AbiKind Kind { get; }

    /// <summary>Bits of an integer, bytes of a <c>bytesN</c>, elements of a fixed array; else zero.</summary>
    public int Size { get; }

    /// <summary>Members of a tuple, or the one element type of an array.</summary>
    public IReadOnlyList<AbiType> Parts { get; }

    /// <summary>True when the head holds an offset to the value instead of the value.</summary>
    public bool IsDynamic { get; }

    /// <summary>Words of 32 bytes that the type takes in a head.</summary>
    public int HeadWords { get; }

    /// <summary>The canonical name.</summary>
    public string Name { get; }

    /// <summary>Parses a type, or a list of types in brackets as a tuple.</summary>
    /// <exception cref="ArgumentException">Not a type of the ABI.</exception>
    public static AbiType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxText) throw new ArgumentException($"Expected at most {MaxText} characters, got {text.Length}.", nameof(text));
        int at = 0;
        AbiType type = Parse(text, ref at, 0);
        return at == text.Length ? type : throw Refused(text, at);
    }

    public override string ToString() => Name;

    private static AbiType Parse(string text, ref int at, int depth)
    {
        if (depth > MaxDepth) throw new ArgumentException($"Expected at most {MaxDepth} levels in '{text}'.", nameof(text));
        AbiType type = at < text.Length && text[at] == '(' ? Tuple(text, ref at, depth) : Elementary(text, ref at);
        while (at < text.Length && text[at] == '[')
        {
            int end = text.IndexOf(']', at);
            if (end < 0 || type.HeadWords == 0 || depth++ > MaxDepth) throw Refused(text, at);
            ReadOnlySpan<char> length = text.AsSpan(at + 1, end - at - 1);
            type = length.IsEmpty ? new AbiType(AbiKind.Array, 0, [type]) : new AbiType(AbiKind.FixedArray, Number(text, length, at, MaxFixedLength), [type]);
            if (type.HeadWords > MaxFixedLength) throw Refused(text, at);
            at = end + 1;
        }
        return type;
    }

    private static AbiType Tuple(string text, ref int at, int depth)
    {
        var parts = new List<AbiType>();
        at++;
        if (at < text.Length && text[at] == ')')
        {
            at++;
            return new AbiType(AbiKind.Tuple, 0, []);
        }
        while (true)
        {
            parts.Add(Parse(text, ref at, depth + 1));
            if (at >= text.Length || text[at] is not (',' or ')')) throw Refused(text, at);
            if (text[at++] == ')') return new AbiType(AbiKind.Tuple, 0, [.. parts]);
        }
    }

    private static AbiType Elementary(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
        ReadOnlySpan<char> name = text.AsSpan(start, at - start);
        int digits = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        ReadOnlySpan<char> size = text.AsSpan(digits, at - digits);
        if (size.IsEmpty)
        {
            return name switch
            {
                "bool" => new AbiType(AbiKind.Bool, 0, []),
                "address" => new AbiType(AbiKind.Address, 0, []),
                "bytes" => new AbiType(AbiKind.Bytes, 0, []),
                "string" => new AbiType(AbiKind.String, 0, []),
                _ => throw Refused(text, start),
            };
        }
        AbiKind kind = name switch { "uint" => AbiKind.UInt, "int" => AbiKind.Int, "bytes" => AbiKind.FixedBytes, _ => throw Refused(text, start) };
        int number = Number(text, size, start, kind == AbiKind.FixedBytes ? 32 : 256);
        return kind == AbiKind.FixedBytes || number % 8 == 0 ? new AbiType(kind, number, []) : throw Refused(text, start);
    }

    private static int Number(string text, ReadOnlySpan<char> digits, int at, int max) =>
        digits[0] != '0' && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value <= max ? value : throw Refused(text, at);

    private static ArgumentException Refused(string text, int at) => new($"Expected a type of the ABI at {at} of '{text}'.", nameof(text));
}
