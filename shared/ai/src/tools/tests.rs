//! Tools of several servers in one box.

use serde_json::{Value, json};

use super::*;

fn tool(name: &str, schema: Value) -> McpTool {
    let listed =
        json!({ "name": name, "description": format!("Does {name}."), "inputSchema": schema });
    McpTool::read(&listed).unwrap()
}

fn plain(name: &str) -> McpTool {
    tool(name, json!({ "type": "object", "properties": { "q": { "type": "string" } } }))
}

fn names(toolbox: &Toolbox) -> Vec<&str> {
    toolbox.tools().iter().map(|tool| tool.name.as_str()).collect()
}

#[test]
fn tools_keep_the_order_of_servers_and_of_their_lists() {
    let mut toolbox = Toolbox::default();
    let own = Tool {
        name: "search_knowledge".to_owned(),
        description: "Searches.".to_owned(),
        parameters: json!({ "type": "object", "properties": {} }),
    };
    toolbox.offer_own(own.clone());
    toolbox.offer("zeta", &[plain("b"), plain("a")], None);
    toolbox.offer("alpha", &[plain("b"), plain("c"), plain("search_knowledge")], None);
    let expected = [
        "search_knowledge",
        "zeta__b",
        "zeta__a",
        "alpha__b",
        "alpha__c",
        "alpha__search_knowledge",
    ];
    assert_eq!(names(&toolbox), expected);
    assert_eq!(toolbox.find("search_knowledge"), Ok(&Offered::Own(own)), "not shadowed");
    let remote = Offered::Remote { server: "alpha".to_owned(), tool: plain("b") };
    assert_eq!(toolbox.find("alpha__b"), Ok(&remote), "of its own server");
    assert_eq!(toolbox.tools()[1].description, "Does b.");
    assert!(toolbox.warnings().is_empty());
}

#[test]
fn one_bad_tool_costs_that_tool() {
    let mut toolbox = Toolbox::default();
    let outside =
        json!({ "type": "object", "properties": { "a": { "$ref": "https://example.com/x" } } });
    let listed = [
        plain("good"),
        tool("bad", outside),
        plain("good"),
        plain(&"x".repeat(300)),
        plain("last"),
    ];
    toolbox.offer("crm", &listed, None);
    assert_eq!(names(&toolbox), ["crm__good", "crm__last"]);
    assert_eq!(toolbox.warnings().len(), 3, "{:?}", toolbox.warnings());
    assert!(toolbox.warnings()[0].starts_with("crm: the tool \"bad\" is left out: "));
}

#[test]
fn numbers_and_sizes_are_bounded() {
    let mut toolbox = Toolbox::default();
    let many: Vec<McpTool> = (0..100).map(|n| plain(&format!("t{n}"))).collect();
    toolbox.offer("a", &many, None);
    toolbox.offer("b", &many, None);
    assert_eq!(toolbox.tools().len(), MAX_TOOLS);
    assert!(toolbox.warnings()[0].starts_with("b: 72 tools are left out"));
    let mut toolbox = Toolbox::default();
    let large = json!({ "type": "object", "description": "x".repeat(30_000) });
    let many: Vec<McpTool> = (0..6).map(|n| tool(&format!("t{n}"), large.clone())).collect();
    toolbox.offer("a", &many, None);
    assert_eq!((toolbox.tools().len(), toolbox.warnings().len()), (4, 2));
    let huge = json!({ "type": "object", "description": "x".repeat(33_000) });
    toolbox.offer("a", &[tool("huge", huge)], None);
    assert_eq!(toolbox.tools().len(), 4);
    let mut talker = plain("talker");
    talker.description = "a\u{0}b ".repeat(2_000);
    let mut toolbox = Toolbox::default();
    toolbox.offer("a", &[talker], None);
    let said = &toolbox.tools()[0].description;
    assert!(said.chars().count() <= 1_024 && !said.contains('\u{0}'));
}

#[test]
fn a_team_may_allow_some_tools_only_and_an_unknown_name_is_told_what_is_near() {
    let mut toolbox = Toolbox::default();
    let listed = [plain("find_user"), plain("find_order"), plain("delete_user")];
    let allowed = ["find_user".to_owned(), "find_order".to_owned()];
    toolbox.offer("crm", &listed, Some(&allowed));
    assert_eq!(names(&toolbox), ["crm__find_user", "crm__find_order"]);
    for wrong in ["find_user", "crm_find_user", "crm.find_user", "crm__find_users"] {
        let error = toolbox.find(wrong).unwrap_err();
        assert!(error.contains("The nearest names are: crm__find_user, "), "{error}");
    }
    let error = toolbox.find(&format!("crm__delete_user{}", "x".repeat(10_000))).unwrap_err();
    assert!(error.len() < 400 && error.contains("nothing was run"), "{error}");
    assert!(Toolbox::default().find("a").unwrap_err().contains("none at all"));
}

#[test]
fn a_changed_list_has_another_fingerprint() {
    let of = |tools: &[McpTool]| {
        let mut toolbox = Toolbox::default();
        toolbox.offer("crm", tools, Some(&[]));
        toolbox.fingerprint()
    };
    let first = of(&[plain("a"), plain("b")]);
    assert!(first.len() == 66 && Toolbox::is_comparable(&first), "{first}");
    assert!(!Toolbox::is_comparable(&"a".repeat(64)), "one of names and schemas alone");
    assert_eq!(first, of(&[plain("a"), plain("b")]));
    let mut described = plain("a");
    described.description = "Something else.".to_owned();
    assert_ne!(first, of(&[described, plain("b")]), "what a tool says of itself counts");
    assert_ne!(first, of(&[plain("a")]));
    assert_ne!(first, of(&[plain("a"), tool("b", json!({ "type": "object" }))]));
}
