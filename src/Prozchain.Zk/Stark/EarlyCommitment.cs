using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>
/// What a proof of a list says before all others: the commitment to its early tables, with their heights and public values. It
/// depends on nothing else, so that it can be made long before the proof, elsewhere, and once more.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
/// <typeparam name="TField">The field of the traces.</typeparam>
public sealed class EarlyCommitment<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly byte[] _logRows, _cap;

    /// <summary>A commitment from its parts, as another machine made it (<see cref="StarkGroup.Commit{TField}"/>).</summary>
    /// <param name="key">A key with shared buses.</param>
    /// <param name="logRows">log2 of the rows of each of its early tables, in order.</param>
    /// <param name="publicValues">The public values of each of them.</param>
    /// <param name="cap">The commitment, 32 bytes.</param>
    /// <exception cref="ArgumentException">The key has no shared buses, or heights or public values are not of its early tables.</exception>
    public EarlyCommitment(StarkKey<TField> key, ReadOnlySpan<byte> logRows, IReadOnlyList<TField[]> publicValues, ReadOnlySpan<byte> cap)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(publicValues);
        if (key.Shared is null) throw new ArgumentException("Expected a key with shared buses, got one without.", nameof(key));
        if (cap.Length != 32) throw new ArgumentException($"Expected 32 bytes, got {cap.Length}.", nameof(cap));
        int count = key.EarlyTables.Count;
        if (logRows.Length != count || publicValues.Count != count)
            throw new ArgumentException($"Expected heights and public values of {count} early tables, got {logRows.Length} and {publicValues.Count}.", nameof(logRows));
        for (int i = 0; i < count; i++)
        {
            StarkTable<TField> table = key.Tables[key.EarlyTables[i]];
            if (logRows[i] > 30 || key.HeightProblem(table, 1 << logRows[i]) is not null) throw new ArgumentException($"Expected a height that the key serves, got 2^{logRows[i]} rows of {table.Shape.Name}.", nameof(logRows));
            StarkProtocol.CheckPublicValues(table, publicValues[i], nameof(publicValues));
        }
        (Key, _logRows, PublicValues, _cap) = (key, logRows.ToArray(), [.. publicValues.Select(values => values.ToArray())], cap.ToArray());
    }

    /// <summary>The key.</summary>
    public StarkKey<TField> Key { get; }

    /// <summary>log2 of the rows of each early table.</summary>
    public ReadOnlySpan<byte> LogRows => _logRows;

    /// <summary>The root over the early tables, 32 bytes.</summary>
    public ReadOnlySpan<byte> Cap => _cap;

    internal TField[][] PublicValues { get; }
}
