namespace Prozchain.Sharding.Committees;

/// <summary>Deals the seats of committees to validators at random, by stake.</summary>
/// <remarks>
/// An implementer owes: the same arguments give the same seats on every machine, so no floating point; the first seats
/// of a committee, whatever their number, are a fair draw of that smaller size, so that committees can be cut.
/// </remarks>
public interface ICommitteeSampler
{
    /// <summary>True if <see cref="Draw"/> could fill committees of these sizes.</summary>
    /// <param name="stakes">Stake of each validator, in any unit.</param>
    /// <param name="sizes">Seats of each committee, at least 1.</param>
    bool CanFill(ReadOnlySpan<ulong> stakes, ReadOnlySpan<int> sizes);

    /// <summary>Draws all committees of one duty and epoch.</summary>
    /// <param name="seed">32 random bytes, used for nothing else.</param>
    /// <param name="stakes">Stake of each validator, in any unit.</param>
    /// <param name="sizes">Seats of each committee, at least 1.</param>
    /// <param name="seats">Receives the validator of each seat, as an index into <paramref name="stakes"/>: the seats of the first committee, then of the next; as many as the sizes add up to.</param>
    /// <exception cref="ArgumentException">The stakes cannot fill the seats, or a length is wrong.</exception>
    void Draw(ReadOnlySpan<byte> seed, ReadOnlySpan<ulong> stakes, ReadOnlySpan<int> sizes, Span<int> seats);
}
