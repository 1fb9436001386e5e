using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Prozchain.DataAvailability.Committees;

/// <summary>
/// Which part of all data a node keeps, by its identity and stake: the custody groups of PeerDAS (EIP-7594; consensus-specs, fulu, das-core and
/// validator: get_custody_groups, get_validators_custody_requirement).
/// </summary>
/// <remarks>Anyone computes the groups of a node, so anyone knows whom to ask for a cell. With the defaults the values are Ethereum's.</remarks>
public sealed record CustodyRules
{
    /// <summary>Bytes of a node's identity: an unsigned number, big-endian.</summary>
    public const int NodeIdSize = 32;

    /// <summary>Groups in all, 1 to 65,536.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of its range.</exception>
    public int Groups
    {
        get;
        init => field = value is >= 1 and <= 65_536 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected 1 to 65536.");
    } = 128;

    /// <summary>Groups of a node without stake, at least 0; all if there are fewer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of its range.</exception>
    public int LeastGroups
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected at least 0.");
    } = 4;

    /// <summary>Groups of a node with any stake, at least 0; all if there are fewer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of its range.</exception>
    public int LeastStakedGroups
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected at least 0.");
    } = 8;

    /// <summary>Stake for each group, at least 1; 32 units unless set, say ether.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of its range.</exception>
    public ulong StakePerGroup
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected at least 1.");
    } = 32;

    /// <summary>How many groups a node keeps.</summary>
    /// <param name="stake">In the units of <see cref="StakePerGroup"/>.</param>
    public int CountFor(ulong stake) =>
        stake == 0 ? Math.Min(LeastGroups, Groups) : (int)Math.Min((ulong)Groups, Math.Max((ulong)LeastStakedGroups, stake / StakePerGroup));

    /// <summary>The groups of a node, ascending.</summary>
    /// <param name="nodeId">32 bytes, big-endian.</param>
    /// <param name="count">How many, 0 to <see cref="Groups"/>.</param>
    /// <exception cref="ArgumentException">An identity of another length, or more groups than there are.</exception>
    public int[] GroupsOf(ReadOnlySpan<byte> nodeId, int count)
    {
        if (nodeId.Length != NodeIdSize) throw new ArgumentException($"Expected {NodeIdSize} bytes, got {nodeId.Length}.", nameof(nodeId));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Groups);
        if (count == Groups) return [.. Enumerable.Range(0, Groups)];
        SortedSet<int> groups = [];
        // The number is hashed little-endian, and counted up from there until enough different groups have come.
        Span<byte> id = stackalloc byte[NodeIdSize], digest = stackalloc byte[SHA256.HashSizeInBytes];
        nodeId.CopyTo(id);
        id.Reverse();
        while (groups.Count < count)
        {
            SHA256.HashData(id, digest);
            groups.Add((int)(BinaryPrimitives.ReadUInt64LittleEndian(digest) % (ulong)Groups));
            for (int i = 0; i < id.Length && ++id[i] == 0; i++) { }
        }
        return [.. groups];
    }

    /// <summary>The columns of a group in data of a number of columns: every <see cref="Groups"/>-th, from its number on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such group, or a negative number of columns.</exception>
    public IEnumerable<int> ColumnsOf(int group, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, Groups);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        return Enumerate();

        IEnumerable<int> Enumerate()
        {
            for (long column = group; column < columns; column += Groups) yield return (int)column;
        }
    }
}
