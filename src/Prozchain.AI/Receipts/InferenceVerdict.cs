namespace Prozchain.AI.Receipts;

/// <summary>How a receipt came out of a check.</summary>
/// <param name="Status">Whether it holds, or what does not.</param>
/// <param name="Operator">The operator at which a dispute was decided, by kind and place ("Conv#3"), or null.</param>
/// <param name="Reason">What was expected and got, for people; null where the status says it all.</param>
public readonly record struct InferenceVerdict(VerdictStatus Status, string? Operator = null, string? Reason = null)
{
    /// <summary>Whether the receipt holds.</summary>
    public bool IsAccepted => Status is VerdictStatus.Accepted or VerdictStatus.ChallengerRefuted;
}
