using System.Text;

namespace Prozchain.Zk.Transcripts;

/// <summary>
/// Names a protocol and its version, such as <c>"example.org/range-proof/v1"</c>. Two protocols with different names
/// never get the same challenges, so a message of one means nothing in the other.
/// </summary>
public readonly record struct ProtocolId
{
    private readonly byte[]? _encoded;

    /// <summary>A name.</summary>
    /// <param name="name">1 to 255 printable ASCII characters.</param>
    /// <exception cref="ArgumentException">The name is empty, too long or has other characters.</exception>
    public ProtocolId(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > byte.MaxValue) throw new ArgumentException($"Expected at most {byte.MaxValue} characters, got {name.Length}.", nameof(name));
        foreach (char c in name)
            if (c is < ' ' or > '~') throw new ArgumentException($"Expected printable ASCII, got U+{(int)c:X4}.", nameof(name));
        _encoded = Encoding.ASCII.GetBytes(name);
    }

    /// <summary>The name; empty in a default value, which no transcript accepts.</summary>
    public string Name => _encoded is null ? string.Empty : Encoding.ASCII.GetString(_encoded);

    internal ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>Equality of names.</summary>
    public bool Equals(ProtocolId other) => Encoded.SequenceEqual(other.Encoded);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
