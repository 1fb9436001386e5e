using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Backends;

/// <summary>Where the lookup columns of a table go: to the processor's memory or, if the caller does not look at them, wherever the backend commits to them from.</summary>
/// <param name="width">Base columns.</param>
/// <param name="logRows">log2 of their values.</param>
/// <param name="mayStay">Whether they may stay with the backend.</param>
/// <param name="rent">Gives memory of the processor.</param>
internal sealed class LookupTarget<TField>(int width, int logRows, bool mayStay, Func<int, TField[]> rent) where TField : unmanaged
{
    /// <summary>Where they lie in the processor's memory: one after the other.</summary>
    public ColumnLayout Layout => new(width, 1 << logRows);

    /// <summary>log2 of the values of a column.</summary>
    public int LogRows => logRows;

    /// <summary>Whether <see cref="Handle"/> may take the place of <see cref="Values"/>.</summary>
    public bool MayStay => mayStay;

    /// <summary>The columns, if they are in the processor's memory.</summary>
    public TField[]? Values { get; private set; }

    /// <summary>What the backend knows them by, for one commitment, if they stay with it.</summary>
    public object? Handle { get; set; }

    /// <summary>Takes the processor's memory for them.</summary>
    public TField[] Rent() => Values ??= rent(width << logRows);
}
