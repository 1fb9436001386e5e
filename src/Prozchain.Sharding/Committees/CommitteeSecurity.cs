using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Committees;

/// <summary>
/// The sizes of a network's committees, with the budgets that they meet. A size below its budget cannot be had, but for
/// <see cref="UnsafeDevelopment"/>, which promises nothing.
/// </summary>
public sealed class CommitteeSecurity
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(CommitteeDuty Duty, int Floor), int?> _raised = [];

    private CommitteeSecurity(int orderingSeats, int attestationSeats, SecurityBudget? ordering, SecurityBudget? attestation)
    {
        CheckSeats(orderingSeats);
        CheckSeats(attestationSeats);
        (OrderingSeats, AttestationSeats, Ordering, Attestation) = (orderingSeats, attestationSeats, ordering, attestation);
    }

    /// <summary>Seats of a committee that orders, unless a class's floor is higher.</summary>
    public int OrderingSeats { get; }

    /// <summary>Seats of a committee that attests, unless a class's floor is higher.</summary>
    public int AttestationSeats { get; }

    /// <summary>What the ordering committees meet; null in development.</summary>
    public SecurityBudget? Ordering { get; }

    /// <summary>What the attestation committees meet; null in development.</summary>
    public SecurityBudget? Attestation { get; }

    /// <summary>True for <see cref="UnsafeDevelopment"/>.</summary>
    public bool IsDevelopment => Ordering is null;

    /// <summary>Takes sizes that meet their budgets.</summary>
    /// <param name="orderingSeats">Seats of a committee that orders, 64 to 128 as a rule.</param>
    /// <param name="ordering">What they must meet.</param>
    /// <param name="attestationSeats">Seats of a committee that attests, 400 to 1,000 as a rule.</param>
    /// <param name="attestation">What they must meet.</param>
    /// <exception cref="ArgumentException">A committee fails more often than its budget allows; says how often, and how many seats would do.</exception>
    public static CommitteeSecurity Require(int orderingSeats, SecurityBudget ordering, int attestationSeats, SecurityBudget attestation)
    {
        ArgumentNullException.ThrowIfNull(ordering);
        ArgumentNullException.ThrowIfNull(attestation);
        var security = new CommitteeSecurity(orderingSeats, attestationSeats, ordering, attestation);
        Check(ordering, orderingSeats, nameof(orderingSeats));
        Check(attestation, attestationSeats, nameof(attestationSeats));
        return security;
    }

    /// <summary>The smallest committees that meet their budgets.</summary>
    /// <param name="ordering">What ordering committees must meet.</param>
    /// <param name="attestation">What attestation committees must meet.</param>
    /// <exception cref="ArgumentException">None of at most 4,096 seats does.</exception>
    public static CommitteeSecurity Smallest(SecurityBudget ordering, SecurityBudget attestation)
    {
        ArgumentNullException.ThrowIfNull(ordering);
        ArgumentNullException.ThrowIfNull(attestation);
        return new CommitteeSecurity(Size(ordering, nameof(ordering)), Size(attestation, nameof(attestation)), ordering, attestation);

        static int Size(SecurityBudget budget, string name) =>
            budget.SmallestCommittee() ?? throw new ArgumentException($"Expected a budget that {WireLimits.MaxMembers} seats meet, got a share of {budget.AdversaryShare}.", name);
    }

    /// <summary>Committees of any size, for tests and development networks: with 4 seats, whoever draws 2 halts a shard.</summary>
    /// <param name="orderingSeats">1 to 4,096.</param>
    /// <param name="attestationSeats">1 to 4,096.</param>
    public static CommitteeSecurity UnsafeDevelopment(int orderingSeats, int attestationSeats) => new(orderingSeats, attestationSeats, null, null);

    /// <summary>Seats of a committee of a shard: at least the class's floor, and within the budget.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="layout">A layout.</param>
    /// <param name="layoutClass">A class of the layout.</param>
    /// <exception cref="ArgumentException">The layout lacks the class, or no size from its floor on meets the budget.</exception>
    public int SeatsOf(CommitteeDuty duty, ShardLayout layout, LayoutClass layoutClass)
    {
        ArgumentNullException.ThrowIfNull(layout);
        if (!layout.TryGetRules(layoutClass, out LayoutClassRules rules)) throw new ArgumentException($"Expected a class of the layout, got {layoutClass}.", nameof(layoutClass));
        return SeatsOf(duty, rules) ?? throw new ArgumentException($"Expected a floor from which a committee meets the budget, got {rules.OrderingFloor} and {rules.AttestationFloor} seats.", nameof(layoutClass));
    }

    /// <summary>Null if no size from the class's floor on meets the budget.</summary>
    internal int? SeatsOf(CommitteeDuty duty, in LayoutClassRules rules)
    {
        (int seats, int floor, SecurityBudget? budget) = duty == CommitteeDuty.Ordering ? (OrderingSeats, rules.OrderingFloor, Ordering) : (AttestationSeats, rules.AttestationFloor, Attestation);
        if (floor <= seats) return seats;
        return budget is null ? floor : _raised.GetOrAdd((duty, floor), entry => budget.SmallestCommittee(entry.Floor));
    }

    /// <summary>Seats of the committees of all live shards, in their order.</summary>
    internal int[] SizesOf(CommitteeDuty duty, ShardLayout layout)
    {
        Dictionary<LayoutClass, int> seats = layout.Classes.ToDictionary(rules => rules.Class, rules => SeatsOf(duty, layout, rules.Class));
        return [.. layout.Shards.Select(shard => seats[shard.Class])];
    }

    private static void Check(SecurityBudget budget, int seats, string name)
    {
        budget.Check();
        if (budget.IsMetBy(seats)) return;
        string remedy = budget.SmallestCommittee(seats) is { } enough ? $"{enough} seats would do" : $"no size up to {WireLimits.MaxMembers} would do";
        if (budget.PoolTickets > 0 && seats >= budget.PoolTickets) throw new ArgumentException($"Expected fewer seats than the {budget.PoolTickets} tickets of the pool, got {seats}.", name);
        throw new ArgumentException(
            $"Expected at most {budget.MaxHaltsPerYear:G3} halts and {budget.MaxForgeriesPerYear:G3} forgeries a year against a share of {budget.AdversaryShare:G3}, "
            + $"got {budget.PerYear(CaptureEvent.Halt, seats):G3} and {budget.PerYear(CaptureEvent.Forge, seats):G3} with {seats} seats; {remedy}.", name);
    }

    private static void CheckSeats(int seats)
    {
        if (seats is < 1 or > WireLimits.MaxMembers) throw new ArgumentException($"Expected 1 to {WireLimits.MaxMembers} seats, got {seats}.", nameof(seats));
    }
}
