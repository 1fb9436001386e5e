using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Tests.Fixtures;

/// <summary>The fixtures' powD: repetitions of c = a^(D-1) b, where a goes up by a public step.</summary>
internal readonly record struct PowerAir(int Degree, int Repetitions) : IAir
{
    public AirShape Shape => new() { Name = "power", Width = 3 * Repetitions, PublicValues = 1 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int i = 0; i < Repetitions; i++)
        {
            TValue a = b.Local(3 * i), power = a;
            for (int k = 2; k < Degree; k++) power *= a;
            b.AssertZero(Rows.All, power * b.Local(3 * i + 1) - b.Local(3 * i + 2), "product", i);
            b.AssertZero(Rows.First, a * a + b.Constant(1) - b.Local(3 * i + 1), "start", i);
            b.AssertZero(Rows.Transition, b.Next(3 * i) - a - b.Public(0), "step", i);
        }
    }

    public Trace<TField> Generate<TField>(ulong step, int height) where TField : struct, IField<TField>
    {
        var trace = new Trace<TField>(3 * Repetitions, height);
        for (int row = 0; row < height; row++)
        {
            for (int i = 0; i < Repetitions; i++)
            {
                TField a = TField.FromUInt64((ulong)i + 1 + step * (ulong)row);
                TField b = row == 0 ? a * a + TField.One : FieldMath.Power(TField.FromUInt64((ulong)(1000 + 7 * row + 13 * i)), 5);
                (trace[3 * i, row], trace[3 * i + 1, row], trace[3 * i + 2, row]) = (a, b, FieldMath.Power(a, (ulong)Degree - 1) * b);
            }
        }
        return trace;
    }
}
