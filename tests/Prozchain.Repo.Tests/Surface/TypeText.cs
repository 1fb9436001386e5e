using System.Reflection;

namespace Prozchain.Repo.Tests.Surface;

/// <summary>Writes types as C# does, with nullable annotations.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint", [typeof(nuint)] = "nuint", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(char)] = "char", [typeof(string)] = "string", [typeof(object)] = "object",
    };

    public static string Of(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef) return Of(type.GetElementType()!, nullability);
        if (type.IsPointer) return Of(type.GetElementType()!) + "*";
        string mark = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (type.IsArray) return $"{Of(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value) + "?";
        if (s_keywords.TryGetValue(type, out string? keyword)) return keyword + mark;
        if (type.IsGenericParameter) return type.Name + mark;
        return Named(type, nullability) + mark;
    }

    /// <summary>The name with its outer types and type arguments (or parameters, for a definition).</summary>
    public static string Named(Type type, NullabilityInfo? nullability = null)
    {
        Type[] arguments = type.GetGenericArguments();
        NullabilityInfo[] infos = nullability?.GenericTypeArguments ?? [];
        var names = new Stack<string>();
        for (Type? at = type; at is not null; at = at.DeclaringType)
        {
            int outer = at.DeclaringType?.GetGenericArguments().Length ?? 0;
            int all = at.GetGenericArguments().Length;
            IEnumerable<string> own = Enumerable.Range(outer, all - outer)
                .Select(i => Of(arguments[i], infos.Length == arguments.Length ? infos[i] : null));
            string name = at.Name.Split('`')[0];
            names.Push(all > outer ? $"{name}<{string.Join(", ", own)}>" : name);
        }
        return string.Join('.', names);
    }

    /// <summary>where clauses of a generic type or method.</summary>
    public static string Constraints(IEnumerable<Type> parameters)
    {
        string text = "";
        foreach (Type parameter in parameters)
        {
            GenericParameterAttributes attributes = parameter.GenericParameterAttributes;
            var parts = new List<string>();
            bool isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            bool isUnmanaged = parameter.CustomAttributes.Any(a => a.AttributeType.Name == "IsUnmanagedAttribute");
            if (isUnmanaged) parts.Add("unmanaged");
            else if (isStruct) parts.Add("struct");
            if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint)) parts.Add("class");
            parts.AddRange(parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(type => Of(type)).Order(StringComparer.Ordinal));
            if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct) parts.Add("new()");
            if (attributes.HasFlag(GenericParameterAttributes.AllowByRefLike)) parts.Add("allows ref struct");
            if (parts.Count > 0) text += $" where {parameter.Name} : {string.Join(", ", parts)}";
        }
        return text;
    }
}
