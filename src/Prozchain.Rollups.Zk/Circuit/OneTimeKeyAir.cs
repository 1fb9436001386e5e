using System.Runtime.CompilerServices;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.OneTimeKeyColumns;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// From the values that signatures show to the roots of their trees (docs/formats/rollups-zk-signature.md): one permutation a row,
/// 87 rows and one a level of a signature, one signature behind the other. <see cref="SignatureAir"/> says how many steps each chain must
/// take and which root is right. Degree 3.
/// </summary>
/// <remarks>
/// Rows of a signature: for each of 32 pairs of chains the steps of the first, those of the second, and one that absorbs both ends into the
/// leaf; then the levels of the path. 177 columns with Poseidon2. It sends <see cref="RollupBuses.KeyDigits"/> from each row that absorbs and
/// <see cref="RollupBuses.KeyRoot"/> from the last level's. The table is read as a ring: no row is special, and unused ones, all zero but for the
/// permutation of zeros, may stand between signatures.
/// <para>What keeps what, by the constraints' labels:</para>
/// <list type="table">
/// <item><term>steps more or fewer than told</term><description><c>count</c> counts the rows and <see cref="RollupBuses.KeyDigits"/> tells; the tag of a
/// chain's last step names place 2 (<c>last tag</c>) and rises by one from row to row (<c>next tag</c>), so that it starts at 3 - count, which
/// <see cref="SignatureAir"/> keeps from 0 to 3.</description></item>
/// <item><term>a chain left out, doubled or swapped</term><description><c>next pair</c>, <c>first pair</c>, <c>last pair</c>: pairs are 0 to 31 in order,
/// and tags contain them; <c>order</c>: within a pair first, second, absorption.</description></item>
/// <item><term>a value that is not what the step before gave</term><description><c>next value</c>; <c>end</c>, <c>carried end</c>,
/// <c>absorbed</c> for the first chain, <c>second end</c> for the second. Where a chain has no step the value is the prover's: the one
/// that the signature shows.</description></item>
/// <item><term>another key or tree</term><description>P and i stand in every input (<c>step input</c>, <c>first state</c>) and in what is told of
/// each pair; the digits of i choose the child on every level (<c>rest of the index</c>, <c>child</c>), and none are left.</description></item>
/// <item><term>a leaf or node of other values</term><description><c>carried state</c>, <c>next state</c>, <c>absorbed</c>, <c>child</c>,
/// <c>level tag</c>; levels count from 0, and <see cref="SignatureAir"/> bounds the last.</description></item>
/// </list>
/// </remarks>
/// <typeparam name="TCells">The permutation.</typeparam>
internal readonly struct OneTimeKeyAir<TCells> : IAir where TCells : struct, IPermutationCells<F>
{
    /// <summary>Columns.</summary>
    public static int Width => Cells + TCells.Columns(StateElements);

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "one-time keys", Width = Width };

    /// <summary>Rows of a signature under a tree of so many levels.</summary>
    public static int Rows(int height) => HashSignature.Steps + Pairs + height;

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        InlineArray16<TValue> input = default;
        InlineArray6<TValue> output = default;
        for (int i = 0; i < PermutationCells.Width; i++) input[i] = b.Local(In + i);
        PermutationCells.Compress<TCells, F, TBuilder, TValue>(ref b, Cells, input, 0, output);
        var kinds = OneTimeKeyKinds<TValue>.Read(ref b);
        OneTimeKeyRules<TBuilder, TValue>.Order(ref b, kinds);
        OneTimeKeyRules<TBuilder, TValue>.Carry(ref b, kinds, output);
        OneTimeKeyRules<TBuilder, TValue>.Steps(ref b, kinds, output);
        OneTimeKeyRules<TBuilder, TValue>.Ends(ref b, kinds, output);
        OneTimeKeyRules<TBuilder, TValue>.Path(ref b, kinds);
        OneTimeKeyRules<TBuilder, TValue>.Unused(ref b, kinds);

        TValue signature = b.Local(Signature), place = b.Local(Place);
        b.Send(RollupBuses.KeyDigits, kinds.Absorb,
            [signature, place, b.Local(CountA), b.Local(CountB), b.Local(Parameter), b.Local(Parameter + 1), b.Local(Parameter + 2), b.Local(KeyIndex)]);
        b.Send(RollupBuses.KeyRoot, kinds.Climb * (b.Constant(1) - kinds.NextClimb), [signature, place, output[0], output[1], output[2], output[3], output[4]]);
    }
}
