namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// Something that claims cells of a shard. The older one, by attested begin and then id, goes first: it takes cells
/// away from a younger one that has not been fixed by a certified commit, and waits for one that has.
/// </summary>
internal abstract class Claimant : IComparable<Claimant>
{
    public abstract Digest Id { get; }

    public abstract long BeginMs { get; }

    /// <summary>True once this shard has certified that it will commit if told to: nothing takes the claims away then.</summary>
    public bool IsFixed { get; protected set; }

    /// <summary>The cells of this shard that it holds, or waits for.</summary>
    public List<DeclaredCell> Cells { get; } = [];

    /// <summary>How many of <see cref="Cells"/>, from the first, are held; the others are waited for.</summary>
    public int HeldCount { get; set; }

    public bool IsWaiting { get; set; }

    public int CompareTo(Claimant? other)
    {
        if (other is null) return 1;
        int order = BeginMs.CompareTo(other.BeginMs);
        return order != 0 ? order : Id.CompareTo(other.Id);
    }

    /// <summary>All of <see cref="Cells"/> are claimed now.</summary>
    public abstract void OnGranted();

    /// <summary>An older one takes the cells; the claims are released already.</summary>
    public abstract void OnWounded();
}
