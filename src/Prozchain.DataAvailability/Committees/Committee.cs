using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Committees;

/// <summary>Members that attest together, in a fixed order, with their weights. Immutable.</summary>
/// <remarks>
/// A statement is certified by more than two thirds of the weight. If less than one third is Byzantine, then more than one third is honest
/// and has signed: those members hold what the statement says.
/// </remarks>
public sealed class Committee
{
    /// <summary>Most members.</summary>
    public const int MaxMembers = 4096;

    /// <summary>Longest public key or signature, in bytes.</summary>
    public const int MaxKeySize = 128;

    /// <summary>Longest domain, in bytes.</summary>
    public const int MaxDomainSize = 64;

    private readonly CommitteeMember[] _members;
    private readonly byte[] _digest;

    /// <summary>Checks and holds the members, whose keys are copied.</summary>
    /// <param name="members">In their order.</param>
    /// <param name="domain">
    /// What keeps signatures of this network and term from counting in others: say chain and epoch, 0 to 64 bytes. Without one, the same members with the
    /// same weights are the same committee everywhere.
    /// </param>
    /// <exception cref="ArgumentException">A domain that is too long, no member or too many, a key twice or of a wrong length, no weight, or a sum of weights above 2^62.</exception>
    public Committee(IEnumerable<CommitteeMember> members, ReadOnlySpan<byte> domain = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = [.. members.Select(member => member with { PublicKey = member.PublicKey.ToArray() })];
        if (_members.Length is 0 or > MaxMembers) throw new ArgumentException($"Expected 1 to {MaxMembers} members, got {_members.Length}.", nameof(members));
        if (domain.Length > MaxDomainSize) throw new ArgumentException($"Expected a domain of at most {MaxDomainSize} bytes, got {domain.Length}.", nameof(domain));
        HashSet<string> keys = [];
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(bytes);
        writer.WriteSpan("Prozchain.DataAvailability committee 0"u8);
        writer.WriteByte((byte)domain.Length);
        writer.WriteSpan(domain);
        writer.WriteUInt32((uint)_members.Length);
        foreach (CommitteeMember member in _members)
        {
            if (member.PublicKey.Length is 0 or > MaxKeySize) throw new ArgumentException($"Expected keys of 1 to {MaxKeySize} bytes, got {member.PublicKey.Length}.", nameof(members));
            if (member.Weight is 0 or > 1UL << 62 || (TotalWeight += member.Weight) > 1UL << 62)
                throw new ArgumentException($"Expected weights from 1 that sum to at most 2^62, got {member.Weight}.", nameof(members));
            if (!keys.Add(Convert.ToHexString(member.PublicKey.Span))) throw new ArgumentException("Expected members with keys of their own, got one key twice.", nameof(members));
            writer.WriteVarint((ulong)member.PublicKey.Length);
            writer.WriteSpan(member.PublicKey.Span);
            writer.WriteUInt64(member.Weight);
        }
        _digest = SHA256.HashData(bytes.WrittenSpan);
    }

    /// <summary>The members, by number.</summary>
    public IReadOnlyList<CommitteeMember> Members => _members;

    /// <summary>The sum of all weights.</summary>
    public ulong TotalWeight { get; }

    /// <summary>The least weight that is more than two thirds of all.</summary>
    public ulong Quorum => TotalWeight - (TotalWeight - 1) / 3;

    /// <summary>SHA-256 over domain, keys and weights, 32 bytes; see docs/formats/da-certificate.md.</summary>
    public ReadOnlySpan<byte> Digest => _digest;
}
