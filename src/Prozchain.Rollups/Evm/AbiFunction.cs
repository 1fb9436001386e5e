using System.Text;

namespace Prozchain.Rollups.Evm;

/// <summary>A function or a custom error of a contract: its signature, selector, and the types of what goes in and out.</summary>
internal sealed class AbiFunction
{
    public const int SelectorSize = 4;

    private readonly byte[] _selector;

    /// <summary>Parses <c>name(types)</c>, and the types that a call returns.</summary>
    /// <exception cref="ArgumentException">Not a signature.</exception>
    public AbiFunction(string signature, string outputs = "()")
    {
        ArgumentNullException.ThrowIfNull(signature);
        int open = signature.IndexOf('(', StringComparison.Ordinal);
        if (open <= 0) throw new ArgumentException($"Expected name(types), got '{signature}'.", nameof(signature));
        Name = signature[..open];
        Inputs = AbiType.Parse(signature[open..]);
        Outputs = AbiType.Parse(outputs);
        _selector = Hashing.Keccak(Encoding.ASCII.GetBytes(Signature)).Span[..SelectorSize].ToArray();
    }

    public string Name { get; }

    /// <summary><c>name(types)</c> in canonical form.</summary>
    public string Signature => Name + Inputs.Name;

    public AbiType Inputs { get; }

    public AbiType Outputs { get; }

    /// <summary>The first four bytes of the Keccak-256 of the signature.</summary>
    public ReadOnlySpan<byte> Selector => _selector;

    /// <summary>The call data: selector, then arguments.</summary>
    /// <exception cref="ArgumentException">A value does not fit its type.</exception>
    public byte[] Encode(params ReadOnlySpan<AbiValue> arguments) => [.. _selector, .. AbiCodec.Encode(Inputs, arguments)];

    /// <summary>Reads call data, or the data of a revert, from untrusted bytes.</summary>
    public AbiReadResult TryDecode(ReadOnlyMemory<byte> data, out AbiValue arguments, int maxValues = AbiCodec.DefaultMaxValues)
    {
        arguments = default;
        if (data.Length < SelectorSize) return AbiReadResult.TooShort;
        return data.Span[..SelectorSize].SequenceEqual(_selector)
            ? AbiCodec.TryDecode(Inputs, data[SelectorSize..], out arguments, maxValues)
            : AbiReadResult.OtherSelector;
    }

    /// <summary>Reads what a call returned, from untrusted bytes.</summary>
    public AbiReadResult TryDecodeOutput(ReadOnlyMemory<byte> data, out AbiValue values, int maxValues = AbiCodec.DefaultMaxValues) =>
        AbiCodec.TryDecode(Outputs, data, out values, maxValues);
}
