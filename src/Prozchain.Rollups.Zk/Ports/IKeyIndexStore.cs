namespace Prozchain.Rollups.Zk.Ports;

/// <summary>Remembers which one-time keys of a tree are used, or may be: all below <see cref="Next"/>.</summary>
/// <remarks>
/// An implementer owes: when <see cref="Advance"/> returns, the number survives a crash and a loss of power; a crash within it
/// leaves the old number or the new; it never falls, and where it cannot be known the store fails to open rather than start
/// again. One store belongs to one key and to one signer at a time. Whoever restores an old copy of what it wrote has broken this, and
/// two signatures by one key give that key away.
/// </remarks>
public interface IKeyIndexStore
{
    /// <summary>The first index of which no signature can be around.</summary>
    uint Next { get; }

    /// <summary>Notes that every index below one is used.</summary>
    /// <param name="next">From <see cref="Next"/> on.</param>
    /// <exception cref="ArgumentException">It would fall.</exception>
    void Advance(uint next);
}
