namespace Prozchain.AI.Compute;

/// <summary>Names one admitted request of one scheduler.</summary>
/// <param name="Model">The model's number.</param>
/// <param name="Deadline">By when it must end, on the host's clock.</param>
/// <param name="Id">Its number, in the order of admission.</param>
public readonly record struct ComputeTicket(int Model, TimeSpan Deadline, long Id) : IComparable<ComputeTicket>
{
    /// <summary>Whether a ticket comes before another: its deadline is earlier, or the same and it was admitted earlier.</summary>
    public static bool operator <(ComputeTicket left, ComputeTicket right) => left.CompareTo(right) < 0;

    /// <summary>Whether a ticket comes after another.</summary>
    public static bool operator >(ComputeTicket left, ComputeTicket right) => left.CompareTo(right) > 0;

    /// <summary>Whether a ticket does not come after another.</summary>
    public static bool operator <=(ComputeTicket left, ComputeTicket right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a ticket does not come before another.</summary>
    public static bool operator >=(ComputeTicket left, ComputeTicket right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(ComputeTicket other)
    {
        int byDeadline = Deadline.CompareTo(other.Deadline);
        return byDeadline != 0 ? byDeadline : Id.CompareTo(other.Id);
    }
}
