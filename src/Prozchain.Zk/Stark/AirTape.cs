using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The constraints and lookups of a table, compiled when a prover first asks: who only verifies, or only counts, never pays for it. Immutable and
/// thread-safe.
/// </summary>
/// <typeparam name="TField">The field of the trace.</typeparam>
internal sealed class AirTape<TField>(TableLookups lookups) where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly Lazy<TapeProgram> _quotient = new(() => TapeCompiler.Quotient(lookups)), _fractions = new(() => TapeCompiler.Fractions(lookups));

    /// <summary>What was compiled.</summary>
    public TableLookups Lookups => lookups;

    /// <summary>See <see cref="TapeCompiler.Quotient"/>.</summary>
    public TapeProgram Quotient => _quotient.Value;

    /// <summary>See <see cref="TapeCompiler.Fractions"/>.</summary>
    public TapeProgram Fractions => _fractions.Value;
}
