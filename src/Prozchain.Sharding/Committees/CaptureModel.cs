namespace Prozchain.Sharding.Committees;

/// <summary>
/// How many seats of a random committee an adversary gets: the exact distribution, and the two events that matter.
/// Relative error below 1e-11 up to 4,096 seats. The protocol asks it for one thing only, the size of a committee whose class's
/// floor lies above the network's; sums, products, quotients and scalings by powers of two in a fixed order, which IEEE 754
/// makes the same everywhere.
/// </summary>
public sealed class CaptureModel
{
    private readonly int _least, _most;
    private readonly Func<int, double> _ratio;
    private readonly Func<int, TailSum> _at;

    private CaptureModel(int seats, int least, int most, Func<int, TailSum> at, Func<int, double> ratio)
    {
        Seats = seats;
        (_least, _most, _at, _ratio) = (least, most, at, ratio);
    }

    /// <summary>Seats of the committee, n.</summary>
    public int Seats { get; }

    /// <summary>Probability that the adversary holds f + 1 = floor((n - 1) / 3) + 1 seats: it can stop the committee.</summary>
    public double Halt => AtLeast(ThresholdOf(CaptureEvent.Halt, Seats));

    /// <summary>Probability that it holds a quorum, floor(2n / 3) + 1: it can certify what it likes.</summary>
    public double Forge => AtLeast(ThresholdOf(CaptureEvent.Forge, Seats));

    /// <summary>Every seat is drawn on its own: a pool much larger than the committee.</summary>
    /// <param name="seats">Seats of the committee, at least 1.</param>
    /// <param name="share">The adversary's share of the pool, 0 to 1; of seats, see <see cref="StakeCap.SeatShare"/>.</param>
    public static CaptureModel Binomial(int seats, double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seats, 1);
        if (!(share is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "Expected a share of 0 to 1.");
        if (share is 0 or 1)
        {
            int held = share == 0 ? 0 : seats;
            return new CaptureModel(seats, held, held, _ => TailSum.One, _ => 0);
        }
        double odds = share / (1 - share);
        return new CaptureModel(seats, 0, seats, At, held => (double)(seats - held) / (held + 1) * odds);

        TailSum At(int held)
        {
            TailSum p = TailSum.One;
            for (int i = 0; i < held; i++) p.Multiply((double)(seats - i) / (i + 1) * share);
            for (int i = held; i < seats; i++) p.Multiply(1 - share);
            return p;
        }
    }

    /// <summary>Seats are drawn without replacement from a pool of equal tickets.</summary>
    /// <param name="seats">Seats of the committee, 1 to <paramref name="pool"/>.</param>
    /// <param name="pool">Tickets of all validators.</param>
    /// <param name="adversarial">Tickets of the adversary.</param>
    public static CaptureModel Hypergeometric(int seats, int pool, int adversarial)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seats, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pool, seats);
        ArgumentOutOfRangeException.ThrowIfNegative(adversarial);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(adversarial, pool);
        int honest = pool - adversarial, least = Math.Max(0, seats - honest), most = Math.Min(seats, adversarial);
        return new CaptureModel(seats, least, most, At, held => (double)(adversarial - held) * (seats - held) / ((double)(held + 1) * (honest - seats + held + 1)));

        TailSum At(int held)
        {
            TailSum p = TailSum.One;
            for (int i = 0; i < held; i++) p.Multiply((double)(seats - i) / (i + 1) * (adversarial - i) / (pool - i));
            for (int i = 0; i < seats - held; i++) p.Multiply((double)(honest - i) / (pool - held - i));
            return p;
        }
    }

    /// <summary>Probability that the adversary holds some number of seats or more; 0 if it is below 1e-308.</summary>
    /// <param name="seats">Any number.</param>
    public double AtLeast(int seats) => seats <= _least ? 1 : Tail(seats).Value;

    /// <summary>The same as a base-2 logarithm, which no probability is too small for; negative infinity for 0.</summary>
    /// <param name="seats">Any number.</param>
    public double Log2AtLeast(int seats) => seats <= _least ? 0 : Tail(seats).Log2;

    internal double Exactly(int seats) => seats < _least || seats > _most ? 0 : _at(seats).Value;

    internal static CaptureModel Of(int seats, double share, int pool) =>
        pool == 0 ? Binomial(seats, share) : Hypergeometric(seats, pool, AdversarialTickets(share, pool));

    // What rounding of share · pool adds is not a ticket.
    internal static int AdversarialTickets(double share, int pool) => (int)Math.Ceiling(share * pool - 1e-9);

    internal static int ThresholdOf(CaptureEvent what, int seats) => what == CaptureEvent.Halt ? Committee.MaxFaultyOf(seats) + 1 : Committee.QuorumOf(seats);

    private TailSum Tail(int seats) => seats > _most ? TailSum.Zero : _at(seats).Following(seats, _most, _ratio);
}
