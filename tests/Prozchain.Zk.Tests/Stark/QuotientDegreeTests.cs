using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using Prozchain.Zk.Tests.Airs;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>What a proof rests on: the quotient of a valid trace is a polynomial of small degree, that of an invalid one is not.</summary>
public sealed class QuotientDegreeTests
{
    public static TheoryData<string, bool> All => [.. AirCases.Names.SelectMany(name => new[] { (name, false), (name, true) }).Where(data => data is not ("byte table", true))];

    private static readonly TableChallenges<E> s_challenges = new(FieldTools.Element<E>(1), FieldTools.Element<E>(2), FieldTools.Element<E>(3), default);

    [Theory]
    [MemberData(nameof(All))]
    public void Quotient_OfAValidTrace_IsAPolynomialThatTheVerifierFinds(string name, bool hidden)
    {
        AirCase air = AirCases.Make(name);
        ExtendedTable table = Extend(air, hidden);
        F[][] quotient = table.Quotient(LogBlocks(table, hidden));
        Assert.True(Degree(quotient) <= table.QuotientDegree, $"Expected a degree of at most {table.QuotientDegree}, got {Degree(quotient)}.");
        E point = FieldTools.Element<E>(9);
        Assert.Equal(air.AtPoint(table, point), ExtendedTable.Evaluate(quotient, point) * (Fields.FieldMath.Power(point, 1UL << table.LogRows) - E.One));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Quotient_OfAWrongTerminal_IsNoPolynomial(string name, bool hidden)
    {
        ExtendedTable table = Extend(AirCases.Make(name), hidden);
        if (!table.Lookups.HasAny) return;
        table.Challenges = table.Challenges with { Terminal = table.Challenges.Terminal + E.One };
        Assert.True(Degree(table.Quotient(LogBlocks(table, hidden))) > table.QuotientDegree);
    }

    [Theory]
    [InlineData("fibonacci", 0, 3)]
    [InlineData("range bits", 2, 7)]
    [InlineData("words", 0, 1)]
    [InlineData("sha256", 100, 70)]
    [InlineData("keccak", 2000, 11)]
    public void Quotient_OfAWrongCell_IsNoPolynomial(string name, int column, int row)
    {
        AirCase air = AirCases.Make(name);
        air.Trace[column, row] += F.FromUInt32(2);
        ExtendedTable table = Extend(air, hidden: false);
        Assert.True(Degree(table.Quotient(LogBlocks(table, hidden: false))) > table.QuotientDegree);
    }

    private static ExtendedTable Extend(AirCase air, bool hidden) =>
        new(LookupPlan.Of([air.Graph]).Tables[0], air.Trace, air.Preprocessed, air.PublicValues, s_challenges, hidden);

    // Twice as many points as the quotient's degree asks for.
    private static int LogBlocks(ExtendedTable table, bool hidden) =>
        1 + BitOperations.Log2((uint)(Math.Max(1, table.QuotientDegree) >> (table.LogRows + (hidden ? 1 : 0)))) + 1;

    private static int Degree(F[][] coordinates) => coordinates.Max(coefficients => Array.FindLastIndex(coefficients, coefficient => coefficient != F.Zero));
}
