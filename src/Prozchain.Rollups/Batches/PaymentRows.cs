using Prozchain.Rollups.Payments;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Payments of a rollup that keeps accounts by number, in rows, version 3 (docs/formats/rollups-rows.md): what a circuit
/// reads byte by byte. Nothing is looked up: accounts are their numbers; nonces, keys and signatures are not there, and a
/// payment that is read is bare. Keeps its memory from batch to batch; payloads that it read are valid until it reads
/// again. Not thread-safe.
/// </summary>
public sealed class PaymentRows : ITransactionCodec<Payment>
{
    /// <summary>No skip of one-time keys is as large: 2^16, more than any key tree has.</summary>
    internal const uint MaxSkip = 1 << 16;

    /// <summary>The low bits of a row's code: below this a short form's exponent, above that of the rollup; or this, in rows of all other kinds.</summary>
    internal const int Full = 7, CodeBits = 3;

    private readonly PaymentRowWriter _writer;
    private readonly PaymentRowReader _reader;

    /// <summary>Rows of one rollup.</summary>
    /// <param name="amountExponent">The smallest power of ten of an amount's short form (<see cref="PaymentRules.AmountExponent"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">Above 24.</exception>
    public PaymentRows(byte amountExponent)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amountExponent, DecimalFloat.MaxExponent - Full + 1);
        (_writer, _reader) = (new PaymentRowWriter(amountExponent), new PaymentRowReader(amountExponent));
    }

    /// <inheritdoc/>
    public byte Version => 3;

    /// <inheritdoc/>
    public bool IsBare => true;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<Payment> transactions, SignatureMode signatures, ColumnWriter columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _writer.Start();
        for (int i = 0; i < transactions.Length; i++)
        {
            ref readonly Payment payment = ref transactions[i];
            if (!HasRow(payment)) throw new ArgumentException($"Expected a well-formed payment of numbered accounts with skips below {MaxSkip}, got {payment} at {i}.", nameof(transactions));
            _writer.Write(payment, columns);
        }
        columns.EndColumn("rows");
    }

    /// <inheritdoc/>
    public bool TryRead(ColumnReader columns, SignatureMode signatures, Span<Payment> transactions)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _reader.Start();
        foreach (ref Payment payment in transactions)
            if (!_reader.TryRead(columns, out payment)) return false;
        return true;
    }

    /// <summary>Whether rows of the kind have an amount and its token.</summary>
    internal static bool HasAmount(PaymentKind kind) => kind is PaymentKind.Transfer or PaymentKind.Withdraw;

    private static bool HasRow(in Payment payment) =>
        PaymentForm.IsWellFormed(payment, AccountLayout.Numbered) && payment.KeySkip < MaxSkip && payment.SponsorSkip < (payment.Sponsor == default ? 1 : MaxSkip);
}
