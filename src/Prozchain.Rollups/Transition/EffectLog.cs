using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// What leaves the rollup in one batch, in order: withdrawals and messages, each a leaf of a Keccak-256 tree that a
/// contract can work out (docs/formats/rollups-exits.md). Used again for the next batch; allocates only to grow. Not
/// thread-safe.
/// </summary>
public sealed class EffectLog
{
    private const int Word = 32, WithdrawalWords = 7, MessageWords = 8;

    private Effect[] _effects = new Effect[16];
    private byte[] _payloads = new byte[256];
    private Bytes32[] _level = new Bytes32[16];
    private int _payloadBytes;
    private BatchContext _context;

    /// <summary>Number of effects.</summary>
    public int Count { get; private set; }

    /// <summary>The effect at an index, from 0, which is part of its leaf.</summary>
    public ref readonly Effect this[int index] => ref _effects.AsSpan(0, Count)[index];

    /// <summary>Empties the log for a batch, whose numbers are part of every leaf.</summary>
    public void Begin(in BatchContext context) => (_context, Count, _payloadBytes) = (context, 0, 0);

    /// <summary>A name for the log as it is now.</summary>
    public int Mark() => Count;

    /// <summary>Undoes what was added since a mark was given.</summary>
    public void Revert(int mark)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mark);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mark, Count);
        if (mark == Count) return;
        _payloadBytes = _effects[mark].PayloadStart;
        Count = mark;
    }

    /// <summary>Notes that tokens leave for an address of the settlement layer.</summary>
    public void Withdraw(uint token, UInt128 amount, in L1Address recipient) =>
        Add(new Effect { Kind = EffectKind.Withdrawal, Token = token, Amount = amount, Recipient = recipient, PayloadStart = _payloadBytes });

    /// <summary>Notes that an account says something to an address of the settlement layer.</summary>
    public void Send(in AccountAddress sender, in L1Address recipient, ReadOnlySpan<byte> payload)
    {
        if (_payloadBytes + payload.Length > _payloads.Length) Array.Resize(ref _payloads, 2 * _payloads.Length + payload.Length);
        payload.CopyTo(_payloads.AsSpan(_payloadBytes));
        Add(new Effect
        {
            Kind = EffectKind.Message, Sender = sender, Recipient = recipient, PayloadHash = new Digest32(Hashing.Keccak(payload)),
            PayloadStart = _payloadBytes, PayloadLength = payload.Length,
        });
        _payloadBytes += payload.Length;
    }

    /// <summary>The bytes of a message; empty for a withdrawal. May be viewed until the log changes.</summary>
    public ReadOnlySpan<byte> Payload(int index) => _payloads.AsSpan(this[index].PayloadStart, this[index].PayloadLength);

    /// <summary>The leaf of an effect: Keccak-256 of its words as <c>abi.encode</c> writes them.</summary>
    public Digest32 Leaf(int index) => Leaf(index, (ulong)index);

    /// <summary>The leaf that an effect has at a place of a whole batch's tree.</summary>
    internal Digest32 Leaf(int index, ulong place)
    {
        Span<byte> words = stackalloc byte[MessageWords * Word];
        return new Digest32(Hashing.Keccak(words[..WriteWords(index, place, words)]));
    }

    /// <summary>Root of the tree over the leaves, filled up with zeros to a power of two; zero if there are none.</summary>
    public Digest32 ExitRoot()
    {
        if (Count == 0) return default;
        Span<Bytes32> level = Leaves();
        for (; level.Length > 1; level = level[..(level.Length / 2)]) Fold(level);
        return new Digest32(level[0]);
    }

    /// <summary>The siblings that lead from an effect's leaf to the exit root, from the leaf up.</summary>
    public Digest32[] Prove(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return Siblings(index);
    }

    /// <summary>The siblings of the first free place of the tree, from the leaf up; none if it has none: what <see cref="TryAppend"/> needs.</summary>
    public Digest32[] ProveNext() => BitOperations.PopCount((uint)Count) <= 1 ? [] : Siblings(Count);

    /// <summary>The exit root with one more leaf. Untrusted input: false unless the siblings show the first free place of the tree with this root.</summary>
    /// <param name="exitRoot">Root over the leaves there are.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="leaf">The leaf to add.</param>
    /// <param name="siblings">What <see cref="ProveNext"/> gave.</param>
    /// <param name="appended">The root over all.</param>
    public static bool TryAppend(in Digest32 exitRoot, ulong count, in Digest32 leaf, ReadOnlySpan<Digest32> siblings, out Digest32 appended)
    {
        Digest32 added = leaf, free = default;
        appended = default;
        if (BitOperations.PopCount(count) <= 1)
        {
            if (!siblings.IsEmpty || (count == 0 && exitRoot != default)) return false;
            // The leaf is the first of a tree as high as the one there is.
            for (ulong rest = count; rest > 1; rest >>= 1) (added, free) = (Hashing.Pair(added, free), Hashing.Pair(free, free));
            appended = count == 0 ? added : Hashing.Pair(exitRoot, added);
            return true;
        }
        if (siblings.Length != 64 - BitOperations.LeadingZeroCount(count)) return false;
        for (int i = 0; i < siblings.Length; i++)
        {
            ref readonly Digest32 sibling = ref siblings[i];
            (added, free) = (count >> i & 1) == 0 ? (Hashing.Pair(added, sibling), Hashing.Pair(free, sibling)) : (Hashing.Pair(sibling, added), Hashing.Pair(sibling, free));
        }
        appended = added;
        return free == exitRoot;
    }

    /// <summary>Checks that a leaf stands at an index of the tree with this root. Untrusted input.</summary>
    public static bool Verify(in Digest32 exitRoot, int index, in Digest32 leaf, ReadOnlySpan<Digest32> siblings)
    {
        if (siblings.Length > 30 || index < 0 || index >> siblings.Length != 0) return false;
        Digest32 hash = leaf;
        for (int i = 0; i < siblings.Length; i++)
            hash = (index >> i & 1) == 0 ? Hashing.Pair(hash, siblings[i]) : Hashing.Pair(siblings[i], hash);
        return hash == exitRoot;
    }

    /// <summary>The chain of exit roots after one more batch: Keccak-256 of the chain before and the batch's exit root. Starts at zero.</summary>
    public static Digest32 Append(in Digest32 chain, in Digest32 exitRoot) => Hashing.Pair(chain, exitRoot);

    private static void Fold(Span<Bytes32> level)
    {
        Span<byte> digests = stackalloc byte[64 * Bytes32.Size];
        for (int at = 0; at < level.Length / 2;)
        {
            int count = Math.Min(64, level.Length / 2 - at);
            ReadOnlySpan<byte> pairs = System.Runtime.InteropServices.MemoryMarshal.AsBytes(level.Slice(2 * at, 2 * count));
            KeccakLanes.HashRows(pairs, 2 * Bytes32.Size, digests[..(count * Bytes32.Size)]);
            for (int i = 0; i < count; i++) level[at + i] = new Bytes32(digests.Slice(i * Bytes32.Size, Bytes32.Size));
            at += count;
        }
    }

    // Of a leaf, or of the first free place of a tree that is not full.
    private Digest32[] Siblings(int index)
    {
        Span<Bytes32> level = Leaves();
        var siblings = new Digest32[BitOperations.Log2((uint)level.Length)];
        for (int i = 0; level.Length > 1; level = level[..(level.Length / 2)], index /= 2)
        {
            siblings[i++] = new Digest32(level[index ^ 1]);
            Fold(level);
        }
        return siblings;
    }

    private Span<Bytes32> Leaves()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Count);
        if (_level.Length < size) _level = new Bytes32[size];
        Span<Bytes32> level = _level.AsSpan(0, size);
        for (int i = 0; i < Count; i++) level[i] = Leaf(i).Value;
        level[Count..].Clear();
        return level;
    }

    private void Add(in Effect effect)
    {
        if (Count == _effects.Length) Array.Resize(ref _effects, 2 * Count);
        _effects[Count++] = effect;
    }

    private int WriteWords(int index, ulong place, Span<byte> words)
    {
        ref readonly Effect effect = ref this[index];
        words.Clear();
        words[Word - 1] = (byte)effect.Kind;
        BinaryPrimitives.WriteUInt64BigEndian(words[(2 * Word - 8)..], _context.ChainId);
        BinaryPrimitives.WriteUInt64BigEndian(words[(3 * Word - 8)..], _context.Number);
        BinaryPrimitives.WriteUInt64BigEndian(words[(4 * Word - 8)..], place);
        if (effect.Kind == EffectKind.Withdrawal)
        {
            BinaryPrimitives.WriteUInt32BigEndian(words[(5 * Word - 4)..], effect.Token);
            BinaryPrimitives.WriteUInt128BigEndian(words[(6 * Word - 16)..], effect.Amount);
            effect.Recipient.Span.CopyTo(words[(7 * Word - L1Address.Size)..]);
            return WithdrawalWords * Word;
        }
        words[5 * Word - 1] = effect.Sender.Scheme;
        effect.Sender.Digest.Span.CopyTo(words[(5 * Word)..]);
        effect.Recipient.Span.CopyTo(words[(7 * Word - L1Address.Size)..]);
        effect.PayloadHash.Span.CopyTo(words[(7 * Word)..]);
        return MessageWords * Word;
    }
}
