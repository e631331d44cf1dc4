# Sets up a Redmine of the tests: reads what is wanted as JSON, prints the accounts' keys and the projects' numbers.
Setting.rest_api_enabled = '1'
Setting.notified_events = []
described = JSON.parse($stdin.read)
Redmine::DefaultData::Loader.load('en')
tokens = {}
projects = {}
described["projects"].each do |name|
  project = Project.new(name: name, identifier: "p#{Project.count + 1}", is_public: false)
  project.enabled_module_names = ['issue_tracking']
  project.trackers = Tracker.all
  project.save!
  projects[name] = project.id
end
described["users"].each do |row|
  user = User.new(firstname: row["name"], lastname: 'x', mail: "#{row["name"]}@example.com", admin: row["admin"])
  user.login = row["name"]
  user.password = user.password_confirmation = 'correct horse 1'
  user.save!
  row["rights"].each do |name, rights|
    role = Role.new(name: "#{row["name"]} #{name}", permissions: rights.map(&:to_sym), issues_visibility: 'all')
    role.save!
    Tracker.all.to_a.product(IssueStatus.all.to_a, IssueStatus.all.to_a).each do |tracker, from, to|
      next if from == to
      WorkflowTransition.create!(role: role, tracker: tracker, old_status: from, new_status: to)
    end
    Member.create!(project_id: projects[name], principal: user, roles: [role])
  end
  tokens[row["name"]] = user.api_key
end
puts JSON.generate({ tokens: tokens, projects: projects })
