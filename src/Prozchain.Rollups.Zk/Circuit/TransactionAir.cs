using Prozchain.Zk.Air;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The transactions of a segment in order, forced items first, and what each does: a row each, and one before a payment's for a fee that the sender does not pay from its record. 149
/// columns, 26 interactions, degree 3.
/// </summary>
/// <remarks>
/// Public values: the rollup's number; then transactions, accounts and effects so far, at the segment's start and at its end. Rows behind the last keep these numbers; all
/// else there is 0. The accounts are those of <see cref="CellAir"/>, and who states the public values gives both the same. A payment comes as it was posted on <see cref="RollupBuses.Payment"/>. Slots of a
/// payment's row: the record of who signs, with the fee; the fee recipient; the debit; the credit or the supply. Of a fee's row: the sponsor's record; the debit; the fee recipient. Of
/// a deposit's: the supply; then in slot 3 the credit.
/// <para>Forced items come by the same bus, from the verifier (<see cref="ForcedTransaction"/>), which has read and checked them as far as that goes without the state. A deposit is a transfer of kind 4 whose
/// sender is <see cref="CellName.SupplyOwner"/>: it is credited, or goes back for one of two reasons that are shown. Of a forced payment the verifier is told whether it takes place. If so, it receives what the
/// table says to <see cref="RollupBuses.Signed"/>: key, index and digest are those that it knows, and with the digest the nonce. If not, its index skips -1, which no row gets past that is valid or shows a used-up
/// key; and one that key, nonce or index forbid reads the record and tells it on <see cref="RollupBuses.Judged"/>, so that the verifier judges for itself.</para>
/// <list type="table">
/// <item><term>a payment left out, made up, or in another order</term><description>Payment is a permutation bus with the payment's number, which rises by one at each payment's last row</description></item>
/// <item><term>a payment that nobody signed, or other words</term><description>each valid payment's row and each sponsor's fee asks for the signature of the digest of the row's own cells, by the key of the version that the ledger gives</description></item>
/// <item><term>another index than posted</term><description>the ledger's change carries what is skipped</description></item>
/// <item><term>a fee not paid, paid twice or by another</term><description>"fee row": the row before is exactly what the payment owes; "record's fee", "pays fee", "fee is paid"</description></item>
/// <item><term>a valid payment shown as none</term><description>each of five reasons is shown: "gap" (no such account; no such index), mode short on the fee, the key that the account has already, the record that the verifier judges by</description></item>
/// <item><term>a payment valid that is not</term><description>"gap": signers are there; the ledger's debits; index within the key's tree by its signature; "other key"</description></item>
/// <item><term>"insufficient" or "unknown recipient" where it is not</term><description>mode short; "recipient gap"</description></item>
/// <item><term>a deposit kept, or sent back that need not be</term><description>"one outcome": mode over of the ledger, or "recipient gap"</description></item>
/// <item><term>an account that is not there as one that is</term><description>"gap", "recipient gap" in range, the high limb with <see cref="Limbs.Margin"/> too: numbers are below 2^30 and so is the count, by <see cref="CellAir"/></description></item>
/// <item><term>an account made twice, or used before it is made</term><description>"fresh": its number is the count, which rises; all others are below it</description></item>
/// </list>
/// </remarks>
internal readonly struct TransactionAir : IAir
{
    /// <summary>Public values: the rollup's number; transactions, accounts, effects at the start, and at the end.</summary>
    public const int Chain = 0, Start = 1, End = 4, PublicValues = 7;

    /// <summary>Indices of a key's signatures are below this: 3^10.</summary>
    public const uint KeyIndices = 59_049;

    /// <summary>A deposit's kind on <see cref="RollupBuses.Payment"/>, and on <see cref="RollupBuses.Exit"/> if it is sent back.</summary>
    public const uint Deposit = 4;

    /// <summary>What a forced payment that does nothing skips: -1.</summary>
    public const uint NoSkip = 0x7F000000;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "transactions", Width = Width, PublicValues = PublicValues };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TransactionRules<TBuilder, TValue>.Order(ref b);
        TransactionRules<TBuilder, TValue>.Tests(ref b);
        TransactionRules<TBuilder, TValue>.Parties(ref b);
        TransactionRules<TBuilder, TValue>.Record(ref b);
        TransactionRules<TBuilder, TValue>.Work(ref b);
        TransactionMessages<TBuilder, TValue>.Signatures(ref b);
        TransactionMessages<TBuilder, TValue>.Changes(ref b);
        TransactionMessages<TBuilder, TValue>.Others(ref b);
    }
}
