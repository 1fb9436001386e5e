using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Asks one shard to show that it has its pieces of one model (docs/formats/ai-audit.md, version 1). What is asked for follows from
/// randomness that nobody knew before, so that a shard must have everything to be sure to answer. It shows that each distinct
/// piece is in the shard's reach, not that a copy of its own is: shards that share one disk, or fetch in time, answer as well.
/// </summary>
public sealed class AuditChallenge
{
    /// <summary>Most samples of a challenge.</summary>
    public const int MaxSamples = 1024;

    private const byte Version = 1;
    private const int Size = 1 + 2 * Bytes32.Size + 4 + 4 + 8 + 8;

    private static readonly Blake3Hasher s_sample = VaultHash.Context("audit sample"u8);

    private readonly Bytes32 _beacon, _auditRoot;

    /// <summary>Makes a challenge.</summary>
    /// <param name="beacon">Randomness of the opening slot, 32 bytes.</param>
    /// <param name="auditRoot">The model's audit root, 32 bytes.</param>
    /// <param name="shard">Index of the shard in the model's table.</param>
    /// <param name="samples">How many, 1 to <see cref="MaxSamples"/>: 30 find a third lost all but 5 times in a million, 460 find a hundredth lost 99 times in 100.</param>
    /// <param name="openSlot">First slot in which an answer counts.</param>
    /// <param name="windowSlots">How many slots there are to answer in, at least 1: fewer than a fetch of the data from others takes.</param>
    /// <exception cref="ArgumentException">A length, a count or the window is out of range.</exception>
    public AuditChallenge(ReadOnlySpan<byte> beacon, ReadOnlySpan<byte> auditRoot, int shard, int samples, ulong openSlot, ulong windowSlots)
    {
        if (beacon.Length != Bytes32.Size) throw new ArgumentException($"Expected a beacon of {Bytes32.Size} bytes, got {beacon.Length}.", nameof(beacon));
        if (auditRoot.Length != Bytes32.Size) throw new ArgumentException($"Expected a root of {Bytes32.Size} bytes, got {auditRoot.Length}.", nameof(auditRoot));
        if (!IsPossible(shard, samples, openSlot, windowSlots))
            throw new ArgumentException($"Expected a shard below {ShardTable.MaxShards}, 1 to {MaxSamples} samples and a window that ends, got {shard}, {samples}, {openSlot} and {windowSlots}.");
        (_beacon, _auditRoot) = (new Bytes32(beacon), new Bytes32(auditRoot));
        (Shard, Samples, OpenSlot, WindowSlots) = (shard, samples, openSlot, windowSlots);
    }

    /// <summary>Index of the shard.</summary>
    public int Shard { get; }

    /// <summary>How many samples.</summary>
    public int Samples { get; }

    /// <summary>First slot in which an answer counts.</summary>
    public ulong OpenSlot { get; }

    /// <summary>Slots to answer in.</summary>
    public ulong WindowSlots { get; }

    /// <summary>The last slot in which an answer counts.</summary>
    public ulong LastSlot => OpenSlot + (WindowSlots - 1);

    /// <summary>The model's audit root, 32 bytes.</summary>
    public ReadOnlyMemory<byte> AuditRoot => _auditRoot.Span.ToArray();

    internal ref readonly Bytes32 Root => ref _auditRoot;

    /// <summary>What the shard has to show: chunks drawn alike among all those of the distinct pieces that the manifest places with it.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <returns>As many as the challenge says, or none when the shard has no piece of the model. One chunk may be drawn twice.</returns>
    /// <exception cref="ArgumentException">The manifest has another audit root.</exception>
    public AuditSample[] Draw(ModelManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (!manifest.Audit.Equals(_auditRoot)) throw new ArgumentException($"Expected the manifest of audit root {_auditRoot}, got {manifest.Audit}.", nameof(manifest));
        var pieces = new List<(int Stripe, int Piece, long Before)>();
        var seen = new HashSet<Bytes32>();
        long chunks = 0;
        for (int stripe = 0; stripe < manifest.Geometry.Stripes.Length; stripe++)
        {
            StoredStripe stored = manifest.Geometry.Stripes[stripe];
            if (!seen.Add(stored.PieceRoot)) continue;
            ReadOnlySpan<int> shards = manifest.Places(stripe)[..manifest.Geometry.KeptPieces];
            for (int piece = 0; piece < shards.Length; piece++)
            {
                if (shards[piece] != Shard) continue;
                pieces.Add((stripe, piece, chunks));
                chunks += ChunkPath.Count(stored.PieceLength);
            }
        }
        if (chunks == 0) return [];
        var samples = new AuditSample[Samples];
        for (int i = 0; i < samples.Length; i++)
        {
            long drawn = (long)(((UInt128)Random(i) * (ulong)chunks) >> 64);
            int low = 0, high = pieces.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (pieces[middle].Before <= drawn) low = middle;
                else high = middle - 1;
            }
            samples[i] = new AuditSample(pieces[low].Stripe, pieces[low].Piece, (int)(drawn - pieces[low].Before));
        }
        return samples;
    }

    /// <summary>Writes the one encoding of this challenge.</summary>
    /// <param name="output">Receives it.</param>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteBytes32(_beacon);
        writer.WriteBytes32(_auditRoot);
        writer.WriteUInt32((uint)Shard);
        writer.WriteUInt32((uint)Samples);
        writer.WriteUInt64(OpenSlot);
        writer.WriteUInt64(WindowSlots);
    }

    /// <summary>Reads a challenge. Never throws on hostile bytes.</summary>
    /// <param name="bytes">A whole encoding, nothing more.</param>
    /// <param name="challenge">The challenge, or null.</param>
    public static VaultFormatStatus TryRead(ReadOnlySpan<byte> bytes, out AuditChallenge? challenge)
    {
        challenge = null;
        if (bytes.IsEmpty) return VaultFormatStatus.Malformed;
        if (bytes[0] != Version) return VaultFormatStatus.UnsupportedVersion;
        if (bytes.Length != Size) return bytes.Length < Size ? VaultFormatStatus.Malformed : VaultFormatStatus.TrailingBytes;
        uint shard = BinaryPrimitives.ReadUInt32LittleEndian(bytes[65..]), samples = BinaryPrimitives.ReadUInt32LittleEndian(bytes[69..]);
        ulong open = BinaryPrimitives.ReadUInt64LittleEndian(bytes[73..]), window = BinaryPrimitives.ReadUInt64LittleEndian(bytes[81..]);
        if (!IsPossible(shard, samples, open, window)) return VaultFormatStatus.InvalidGeometry;
        challenge = new AuditChallenge(bytes.Slice(1, Bytes32.Size), bytes.Slice(33, Bytes32.Size), (int)shard, (int)samples, open, window);
        return VaultFormatStatus.Ok;
    }

    private static bool IsPossible(long shard, long samples, ulong open, ulong window) =>
        shard is >= 0 and < ShardTable.MaxShards && samples is >= 1 and <= MaxSamples && window >= 1 && open <= ulong.MaxValue - (window - 1);

    private ulong Random(int index)
    {
        Span<byte> input = stackalloc byte[2 * Bytes32.Size + 8];
        _beacon.Span.CopyTo(input);
        _auditRoot.Span.CopyTo(input[32..]);
        BinaryPrimitives.WriteInt32LittleEndian(input[64..], Shard);
        BinaryPrimitives.WriteInt32LittleEndian(input[68..], index);
        return BinaryPrimitives.ReadUInt64LittleEndian(VaultHash.Derive(s_sample, input).Span);
    }
}
