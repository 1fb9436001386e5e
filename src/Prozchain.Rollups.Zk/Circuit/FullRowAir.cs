using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.FullRowColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The fields behind the codes of full rows (docs/formats/rollups-rows.md), a row a byte: from <see cref="RollupBuses.FullRow"/> to
/// <see cref="RollupBuses.FullRowEnd"/>, between which the parser reads nothing. Receives <see cref="RollupBuses.Byte"/>, tells
/// <see cref="RollupBuses.Field"/>, asks <see cref="Buses.Range"/> of 15 bits. Parts of keys, addresses and payloads count down to 0.
/// Padding rows, of which there is one at least, are 0 but for what stands from the rows before and their number.
/// </summary>
/// <remarks>
/// Which field a byte belongs to is no choice: it is the first of those that are left, and mask, kind and To say which there are. A
/// fault ends the table, as it ends the parser's. Live is the parser's.
/// <list type="table">
/// <listheader><term>a lie</term><description>is refused by</description></listheader>
/// <item><term>a field left out, doubled or in another order</term><description>"field", "left"</description></item>
/// <item><term>rows in another order, so that other values stand before them</term><description>"ordinal", which the parser counts too</description></item>
/// <item><term>another mask or kind</term><description>the code on the bus, "kind", "presence"</description></item>
/// <item><term>a number beyond its bound or not in its fewest bytes</term><description>"edge", "asked", "last byte"</description></item>
/// <item><term>a row that ends early or late</term><description>"closes": nothing else is left; "whole rows"</description></item>
/// <item><term>a word that is no element</term><description>"word"</description></item>
/// <item><term>a fault where there is none</term><description>each of the twelve has its own constraints, or its table</description></item>
/// </list>
/// Token, fee's token and fee stand from row to row, and from segment to segment by public values. That a field is none of them, that an
/// amount is in its one form and that the sponsor is not the sender is here shown wrong alone, by "repeated",
/// <see cref="RollupBuses.AmountFault"/> and "same"; who receives the fields refuses them.
/// </remarks>
/// <param name="exponent">The least exponent of plain rows, 0 to 24.</param>
internal readonly struct FullRowAir(int exponent) : IAir
{
    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "full row", Width = Width, PublicValues = PublicValues };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        FullRowOrder<TBuilder, TValue>.Order(ref b);
        FullRowOrder<TBuilder, TValue>.Fields(ref b);
        FullRowOrder<TBuilder, TValue>.Presence(ref b);
        FullRowOrder<TBuilder, TValue>.Parts(ref b);
        FullRowValues<TBuilder, TValue>.Bounds(ref b, exponent);
        FullRowValues<TBuilder, TValue>.Words(ref b);
        FullRowValues<TBuilder, TValue>.Faults(ref b);
        FullRowCarry<TBuilder, TValue>.Eval(ref b);
        FullRowValues<TBuilder, TValue>.Messages(ref b);
    }
}
