namespace Prozchain.AI.Receipts;

/// <summary>
/// A rung of the ladder by which a receipt is checked: by running again, by a dispute over one operator, by a proof. The
/// statement is always the same; what speaks for it differs.
/// </summary>
/// <typeparam name="TEvidence">What speaks for the statement: the request, two traces, a proof.</typeparam>
public interface IInferenceVerifier<in TEvidence>
{
    /// <summary>Checks a receipt. Hostile evidence gives a verdict, never an exception.</summary>
    /// <param name="receipt">What was said.</param>
    /// <param name="evidence">What speaks for it.</param>
    InferenceVerdict Verify(InferenceReceipt receipt, TEvidence evidence);
}
