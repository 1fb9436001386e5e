using System.Globalization;

namespace Prozchain.Rollups.Evm;

/// <summary>Says in words why a call reverted: <c>Error(string)</c>, <c>Panic(uint256)</c>, or a custom error that the caller knows.</summary>
internal static class RevertReason
{
    private const int MaxText = 512;
    private static readonly AbiFunction s_error = new("Error(string)");

    /// <summary>What Solidity's own checks revert with.</summary>
    public static AbiFunction PanicError { get; } = new("Panic(uint256)");

    public static string Describe(ReadOnlyMemory<byte> data, params ReadOnlySpan<AbiFunction> known)
    {
        if (data.IsEmpty) return "no reason";
        if (s_error.TryDecode(data, out AbiValue values) == AbiReadResult.Ok)
        {
            ReadOnlyMemory<byte> text = values[0].Bytes;
            return AbiValue.Of(text[..Math.Min(text.Length, MaxText)]).ToText();
        }
        if (PanicError.TryDecode(data, out values) == AbiReadResult.Ok) return Panic(values[0]);
        foreach (AbiFunction error in known)
        {
            if (error.TryDecode(data, out values, 64) != AbiReadResult.Ok) continue;
            var texts = new List<string>();
            for (int i = 0; i < values.Items.Length; i++) texts.Add(Text(error.Inputs.Parts[i], values[i]));
            return $"{error.Name}({string.Join(", ", texts)})";
        }
        return $"unknown error 0x{Convert.ToHexStringLower(data.Span[..Math.Min(data.Length, AbiFunction.SelectorSize)])}, {data.Length} bytes";
    }

    private static string Panic(in AbiValue code) => code.Word.Span[..31].IndexOfAnyExcept((byte)0) >= 0 ? "panic of an unknown code" : code.ToUInt64() switch
    {
        0x01 => "panic: assertion failed",
        0x11 => "panic: arithmetic overflow",
        0x12 => "panic: division by zero",
        0x21 => "panic: value out of the enum",
        0x31 => "panic: pop of an empty array",
        0x32 => "panic: index out of range",
        0x41 => "panic: out of memory",
        0x51 => "panic: call of an empty function",
        ulong other => string.Create(CultureInfo.InvariantCulture, $"panic 0x{other:x2}"),
    };

    private static string Text(AbiType type, in AbiValue value) => type.Kind switch
    {
        AbiKind.UInt => value.ToUInteger().ToString(CultureInfo.InvariantCulture),
        AbiKind.Int => value.ToInteger().ToString(CultureInfo.InvariantCulture),
        AbiKind.Bool => value.ToBool() ? "true" : "false",
        AbiKind.Address => value.ToAddress().ToString(),
        AbiKind.FixedBytes => $"0x{Convert.ToHexStringLower(value.Word.Span[..type.Size])}",
        _ => type.Name,
    };
}
