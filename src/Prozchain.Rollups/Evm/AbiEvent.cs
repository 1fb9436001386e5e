using System.Text;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// An event of a contract, from a signature that marks the indexed members:
/// <c>Queued(uint64 indexed,address indexed,bytes)</c>. Indexed members must be single words; the hashes that stand for
/// longer ones are of no use to a reader.
/// </summary>
internal sealed class AbiEvent
{
    private const string Mark = " indexed";
    private readonly bool[] _isIndexed;
    private readonly AbiType _members, _data;

    /// <exception cref="ArgumentException">Not the signature of an event with at most three indexed members, words each.</exception>
    public AbiEvent(string signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        int open = signature.IndexOf('(', StringComparison.Ordinal);
        if (open <= 0) throw new ArgumentException($"Expected name(types), got '{signature}'.", nameof(signature));
        _members = AbiType.Parse(signature[open..].Replace(Mark, "", StringComparison.Ordinal));
        (Name, Signature) = (signature[..open], signature);
        string[] types = [.. _members.Parts.Select(part => part.Name)];
        _isIndexed = new bool[types.Length];
        int at = open;
        for (int i = 0; i < types.Length; i++)
        {
            at += 1 + types[i].Length;
            _isIndexed[i] = string.CompareOrdinal(signature, at, Mark, 0, Mark.Length) == 0;
            if (_isIndexed[i]) at += Mark.Length;
        }
        if (_isIndexed.Count(indexed => indexed) > 3 || _members.Parts.Where((part, i) => _isIndexed[i] && part.Kind >= AbiKind.Bytes).Any())
            throw new ArgumentException($"Expected at most three indexed members, words each, got '{signature}'.", nameof(signature));
        _data = AbiType.Parse($"({string.Join(',', types.Where((_, i) => !_isIndexed[i]))})");
        Topic = new Digest32(Hashing.Keccak(Encoding.ASCII.GetBytes(Name + _members.Name)));
    }

    public string Name { get; }

    /// <summary>As it was given, indexed members marked.</summary>
    public string Signature { get; }

    /// <summary>Topic 0: the Keccak-256 of the signature.</summary>
    public Digest32 Topic { get; }

    /// <summary>What a contract logs: the topics, one after the other, and the data. The members in the order of the signature.</summary>
    /// <exception cref="ArgumentException">A member does not fit its type.</exception>
    public (byte[] Topics, byte[] Data) Encode(params ReadOnlySpan<AbiValue> members)
    {
        if (members.Length != _isIndexed.Length) throw new ArgumentException($"Expected {_isIndexed.Length} members, got {members.Length}.", nameof(members));
        var topics = new List<byte>([.. Topic.Span]);
        var rest = new List<AbiValue>();
        for (int i = 0; i < members.Length; i++)
        {
            if (_isIndexed[i]) topics.AddRange(members[i].Word.Span);
            else rest.Add(members[i]);
        }
        return ([.. topics], AbiCodec.Encode(_data, rest.ToArray()));
    }

    /// <summary>Reads a log from untrusted bytes; the members come in the order of the signature.</summary>
    public AbiReadResult TryDecode(ReadOnlySpan<Digest32> topics, ReadOnlyMemory<byte> data, out AbiValue members, int maxValues = AbiCodec.DefaultMaxValues)
    {
        members = default;
        if (topics.IsEmpty || topics[0] != Topic) return AbiReadResult.OtherSelector;
        if (topics.Length != 1 + _isIndexed.Count(indexed => indexed)) return AbiReadResult.TooShort;
        AbiReadResult result = AbiCodec.TryDecode(_data, data, out AbiValue rest, maxValues);
        if (result != AbiReadResult.Ok) return result;
        var values = new AbiValue[_isIndexed.Length];
        int topic = 1, other = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (_isIndexed[i])
            {
                if (!AbiCodec.IsValid(_members.Parts[i], topics[topic].Span)) return AbiReadResult.InvalidWord;
                values[i] = topics[topic++];
            }
            else
                values[i] = rest[other++];
        }
        members = AbiValue.List(values);
        return AbiReadResult.Ok;
    }
}
