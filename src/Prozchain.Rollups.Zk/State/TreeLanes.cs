using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.State;

/// <summary>
/// Hashes the messages of a state's tree, sixteen at a time. Those that are sixteen elements and those that are not are
/// gathered apart, so that lanes stay full whatever the order. Allocates nothing after construction. Not thread-safe.
/// </summary>
internal sealed class TreeLanes<TPermutation> where TPermutation : struct, IPermutation<F>
{
    /// <summary>Where the eight elements of f that are a digest begin.</summary>
    public const int NodeWindow = 0, RecordWindow = 8, HashedWindow = 4;

    private const int Lanes = Compressor<TPermutation>.Lanes, Digest = 8, BytesPerElement = 3, BlockBytes = Digest * BytesPerElement;
    private const byte KeyBit = 0x80;

    // An element is held as x * 2^32 mod p, so that bits x, taken as an element, are x * 2^-32.
    private static readonly F s_radix = F.FromUInt64(1UL << 32);

    private readonly Compressor<TPermutation> _compressor = new();
    private readonly F[] _radix = Filled(s_radix), _inverse = Filled(s_radix.Inverse());
    private readonly uint[] _words = new uint[Lanes * TreeMessage.Words], _room = new uint[Lanes * Digest];

    /// <summary>The digests of messages of one length.</summary>
    public void Hash(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        Span<uint> words = stackalloc uint[TreeMessage.Words];
        Span<int> single = stackalloc int[Lanes], chained = stackalloc int[Lanes];
        int singles = 0, chains = 0;
        for (int i = 0; i < digests.Length / TreeMessage.DigestSize; i++)
        {
            ReadOnlySpan<byte> message = messages.Slice(length * i, length);
            if (domain == TreeMessage.Leaf && length == TreeMessage.Size && TreeMessage.IsNumber(message))
            {
                message[TreeMessage.DigestSize..].CopyTo(digests[(TreeMessage.DigestSize * i)..]);
            }
            else if (TreeMessage.TryRead(domain, message, words))
            {
                for (int word = 0; word < words.Length; word++) _words[Lanes * word + singles] = words[word];
                single[singles++] = i;
                if (singles == Lanes) RunSingle(domain, single, digests, ref singles);
            }
            else
            {
                chained[chains++] = i;
                if (chains == Lanes) RunChained(domain, messages, length, chained, digests, ref chains);
            }
        }
        if (singles > 0) RunSingle(domain, single, digests, ref singles);
        if (chains > 0) RunChained(domain, messages, length, chained, digests, ref chains);
    }

    private void RunSingle(byte domain, ReadOnlySpan<int> at, Span<byte> digests, ref int count)
    {
        Load(_words, _compressor.From(0));
        int window = domain switch { TreeMessage.Inner => NodeWindow, TreeMessage.Value => RecordWindow, _ => HashedWindow };
        Store(_compressor.Run(window, Digest), at[..count], 0, digests);
        count = 0;
    }

    // s = (domain, length, 0, ...); for each block s = f(s, block), the last one cut from another window than those before.
    private void RunChained(byte domain, ReadOnlySpan<byte> messages, int length, ReadOnlySpan<int> at, Span<byte> digests, ref int count)
    {
        Span<F> state = _compressor.From(0)[..(Lanes * Digest)];
        state.Clear();
        state[..Lanes].Fill(F.FromUInt32(domain));
        state.Slice(Lanes, Lanes).Fill(F.FromUInt32((uint)length));
        for (int from = 0; ; from += BlockBytes)
        {
            for (int s = 0; s < count; s++) ReadBlock(messages.Slice(length * at[s], length)[from..], s);
            Load(_room, _compressor.From(Digest));
            if (from + BlockBytes >= length) break;
            _compressor.Run(NodeWindow, Digest).CopyTo(state);
        }
        Store(_compressor.Run(HashedWindow, Digest), at[..count], domain >= TreeMessage.FirstKey ? KeyBit : (byte)0, digests);
        count = 0;
    }

    private void ReadBlock(ReadOnlySpan<byte> bytes, int lane)
    {
        for (int element = 0; element < Digest; element++, bytes = bytes[Math.Min(BytesPerElement, bytes.Length)..])
        {
            uint word = 0;
            for (int i = Math.Min(BytesPerElement, bytes.Length); i > 0; i--) word = word << 8 | bytes[i - 1];
            _room[Lanes * element + lane] = word;
        }
    }

    private void Load(ReadOnlySpan<uint> words, Span<F> elements) =>
        FieldSpans.Multiply(MemoryMarshal.Cast<uint, F>(words), _radix.AsSpan(0, words.Length), elements);

    private void Store(ReadOnlySpan<F> rows, ReadOnlySpan<int> at, byte firstBits, Span<byte> digests)
    {
        FieldSpans.Multiply(rows, _inverse.AsSpan(0, rows.Length), MemoryMarshal.Cast<uint, F>(_room.AsSpan()));
        for (int s = 0; s < at.Length; s++)
        {
            Span<byte> digest = digests.Slice(TreeMessage.DigestSize * at[s], TreeMessage.DigestSize);
            for (int i = 0; i < Digest; i++) BinaryPrimitives.WriteUInt32BigEndian(digest[(sizeof(uint) * i)..], _room[Lanes * i + s]);
            digest[0] |= firstBits;
        }
    }

    private static F[] Filled(F value)
    {
        var elements = new F[Lanes * TreeMessage.Words];
        Array.Fill(elements, value);
        return elements;
    }
}
